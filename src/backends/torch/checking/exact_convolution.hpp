// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Convolutions of integers so small that every direct algorithm computes them without rounding, in
/// any order. The host verifies them as matrix products (exact_product.hpp): the sum of the output
/// channels with random weights must be the convolution with the same sum of the filters.

#pragma once

#include <functional>
#include <string>
#include <torch/torch.h>

#include "backends/torch/checking/convolution_shapes.hpp"
#include "backends/torch/checking/exact_product.hpp"

namespace trilby::backends {

/// A convolution forward and backward: its operands, or its results.
struct ConvolutionTensors {
    torch::Tensor input;
    torch::Tensor weight;
    torch::Tensor output;
};

/// How integers are drawn for a convolution, so that no sum of its output and of both its gradients
/// is larger than allowed.
struct SparseIntegers {
    std::int64_t largest;
    double density_of_values;   ///< the part of input and output gradient that is not 0
    double density_of_weights;  ///< the same of the weights
};
/// If every sum fits even without zeros, no operand is 0. Else operands are -1, 0 and 1, and the
/// probability that more terms of a sum are not 0 than fit is less than exp(-0.33
/// `range.largest_sum`).
[[nodiscard]] SparseIntegers sparse_integers(const ExactRange& range,
                                             const Convolution& convolution);

/// Judges a result: `found` must be the product of a and b.
using CompareProduct = std::function<void(const std::string& what, const torch::Tensor& found,
                                          const torch::Tensor& a, const torch::Tensor& b)>;

/// Compares the output and both gradients with the `operands`: the gradient of the input is in
/// `found.input`, if there is one, and the gradient of the output in `operands.output`. Operands
/// are of int32. The work on the host grows with the area of an image times the weights of one
/// filter.
void compare_exact_convolution(const std::string& what, const Convolution& convolution,
                               const ConvolutionTensors& found, const ConvolutionTensors& operands,
                               const CompareProduct& compare);

}  // namespace trilby::backends
