// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Products of integers so small that every correct device computes them without rounding, in any
/// order. The host verifies them in exact integer arithmetic.

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>

#include "validate/findings.hpp"

namespace trilby::backends {

/// What bounds the operands of an exact product.
struct ExactRange {
    std::int64_t largest_operand;
    std::int64_t largest_sum;  ///< integers up to this are exact in every step of the sums
};

/// The operands of one sum of `terms` products: only every `spacing`-th of the left ones is not
/// zero, and none is larger than `largest`.
struct ExactOperands {
    std::int64_t spacing;
    std::int64_t largest;
};
/// The largest operands whose sums stay in the range, whatever their signs.
[[nodiscard]] ExactOperands exact_operands(const ExactRange& range, std::int64_t terms);

/// Compares a matrix with the product of two matrices of int32, by Freivalds' identity C x = A (B
/// x) for random x: a wrong row escapes with a probability of at most `2 largest_sum / 2^64`.
/// Values that are not integers, or larger than `largest_sum`, are always found. All tensors are on
/// the host. If rows are wrong, they are computed to find the wrong values; of large matrices, only
/// the first. A value that is off by at most `tolerance`, which is less than 1/2, is taken for the
/// nearest integer.
[[nodiscard]] validate::ComparedResult compare_exact_product(
    const std::string& what, const torch::Tensor& found, const torch::Tensor& a,
    const torch::Tensor& b, std::int64_t largest_sum, std::uint64_t seed, double tolerance = 0);

}  // namespace trilby::backends
