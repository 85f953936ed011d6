// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/draws.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <utility>

namespace trilby::backends {

Draws::Draws(std::uint64_t seed, std::vector<std::uint32_t> halvings)
    : seed_(seed),
      halvings_(std::move(halvings)),
      random_(seed),
      generator_(at::detail::createCPUGenerator(seed)) {}

void Draws::begin_round(std::uint64_t round) {
    random_ = SplitMix64(round == 0 ? seed_ : seed_ ^ SplitMix64(round)());
    const std::uint64_t seed_of_tensors = random_();
    generator_.set_current_seed(seed_of_tensors);
    digest_ = {};
    digest_.add(seed_of_tensors);
    drawn_ = 0;
}

void Draws::note(torch::IntArrayRef sizes) {
    for (const std::int64_t size : sizes) {
        digest_.add(static_cast<std::uint64_t>(size));
    }
}

std::int64_t Draws::noted(std::int64_t number) {
    digest_.add(static_cast<std::uint64_t>(number));
    return number;
}

torch::Tensor Draws::reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                           double high) {
    note(sizes);
    return torch::empty(sizes, torch::kFloat64).uniform_(low, high, generator_).to(type);
}

torch::Tensor Draws::integers(torch::IntArrayRef sizes, torch::ScalarType type, std::int64_t low,
                              std::int64_t high) {
    note(sizes);
    return torch::empty(sizes, torch::kInt64).random_(low, high + 1, generator_).to(type);
}

std::int64_t Draws::between(std::int64_t low, std::int64_t high) {
    return noted(low + halved(random_.below(static_cast<std::uint64_t>(high - low) + 1)));
}

std::int64_t Draws::size(std::int64_t chosen) {
    return noted(1 + halved(static_cast<std::uint64_t>(chosen - 1)));
}

std::int64_t Draws::halved(std::uint64_t distance) {
    const std::size_t index = drawn_++;
    const std::uint32_t times = index < halvings_.size() ? halvings_[index] : 0;
    return static_cast<std::int64_t>(times < 64 ? distance >> times : 0);
}

std::uint64_t Draws::bits() {
    const std::uint64_t drawn = random_();
    digest_.add(drawn);
    return drawn;
}

}  // namespace trilby::backends
