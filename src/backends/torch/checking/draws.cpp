// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/draws.hpp"

#include <ATen/CPUGeneratorImpl.h>

namespace trilby::backends {

Draws::Draws(std::uint64_t seed)
    : random_(seed), generator_(at::detail::createCPUGenerator(seed)) {}

torch::Tensor Draws::reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                           double high) {
    return torch::empty(sizes, torch::kFloat64).uniform_(low, high, generator_).to(type);
}

torch::Tensor Draws::integers(torch::IntArrayRef sizes, torch::ScalarType type, std::int64_t low,
                              std::int64_t high) {
    return torch::empty(sizes, torch::kInt64).random_(low, high + 1, generator_).to(type);
}

std::int64_t Draws::between(std::int64_t low, std::int64_t high) {
    return low +
           static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(high - low) + 1));
}

}  // namespace trilby::backends
