// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The work of scalar units, of the paths to memory, and of code such as a compression has.

#pragma once

#include "backends/cores/work.hpp"

namespace trilby::cores {

[[nodiscard]] Answer integer_chains(std::uint64_t seed);
/// Sums, products, quotients and roots of float64.
[[nodiscard]] Answer real_chains(std::uint64_t seed);
/// Compresses data, decompresses them, and computes checksums of both.
[[nodiscard]] Answer compression(std::uint64_t seed);
/// Copies memory to and fro.
[[nodiscard]] Answer copies(std::uint64_t seed);

/// The same in other instructions: products from halves, quotients by subtraction.
[[nodiscard]] Lanes expected_integer_chains(std::uint64_t seed);
[[nodiscard]] Lanes expected_real_chains(std::uint64_t seed);
/// The same, with a checksum of the original data in plain code.
[[nodiscard]] Lanes expected_compression(std::uint64_t seed);
/// Without a copy.
[[nodiscard]] Lanes expected_copies(std::uint64_t seed);

}  // namespace trilby::cores
