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
    generator_.set_current_seed(random_());
    drawn_ = 0;
}

torch::Tensor Draws::reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                           double high) {
    return torch::empty(sizes, torch::kFloat64).uniform_(low, high, generator_).to(type);
}

torch::Tensor Draws::integers(torch::IntArrayRef sizes, torch::ScalarType type, std::int64_t low,
                              std::int64_t high) {
    return torch::empty(sizes, torch::kInt64).random_(low, high + 1, generator_).to(type);
}

std::int64_t Draws::between(std::int64_t low, std::int64_t high) {
    return low + halved(random_.below(static_cast<std::uint64_t>(high - low) + 1));
}

std::int64_t Draws::size(std::int64_t chosen) {
    return 1 + halved(static_cast<std::uint64_t>(chosen - 1));
}

std::int64_t Draws::halved(std::uint64_t distance) {
    const std::size_t index = drawn_++;
    const std::uint32_t times = index < halvings_.size() ? halvings_[index] : 0;
    return static_cast<std::int64_t>(times < 64 ? distance >> times : 0);
}

}  // namespace trilby::backends
