// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Computes what the kernels must compute, one value at a time, in plain code that shares nothing
/// with them.

#pragma once

#include <cstdint>
#include <span>

#include "backends/kernels/kernels.hpp"

namespace trilby::gpu::reference {

/// The word at `index` of memory with this filling.
[[nodiscard]] std::uint64_t word_at(Filling filling, std::uint64_t index);

/// x = x * x + c, `steps` times, rounded once a step.
[[nodiscard]] double iterate(double x, double c, unsigned steps);
[[nodiscard]] float iterate(float x, float c, unsigned steps);
/// x = x * factor + addend modulo 2^64, `steps` times.
[[nodiscard]] std::uint64_t iterate(std::uint64_t x, std::uint64_t factor, std::uint64_t addend,
                                    unsigned steps);

[[nodiscard]] std::uint32_t chase(std::span<const std::uint32_t> next, std::uint32_t start,
                                  std::uint64_t steps);

}  // namespace trilby::gpu::reference
