// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The work of vector units. Each lane has a value of its own.

#pragma once

#include "backends/cores/work.hpp"

namespace trilby::cores {

[[nodiscard]] Answer float_vectors(std::uint64_t seed);
[[nodiscard]] Answer double_vectors(std::uint64_t seed);
[[nodiscard]] Answer integer_vectors(std::uint64_t seed);
/// A product of matrices of small integers in float32, whose sums are exact. A lane is a column.
[[nodiscard]] Answer matrix_product(std::uint64_t seed);

/// The same, one lane after the other.
[[nodiscard]] Lanes expected_floats(std::uint64_t seed);
[[nodiscard]] Lanes expected_doubles(std::uint64_t seed);
[[nodiscard]] Lanes expected_integers(std::uint64_t seed);
[[nodiscard]] Lanes expected_product(std::uint64_t seed);

}  // namespace trilby::cores
