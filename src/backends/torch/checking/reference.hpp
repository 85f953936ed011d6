// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Plain scalar code on the host, in its widest type, with which devices are compared. It does not
/// use LibTorch, whose faults it would share.

#pragma once

#include <cmath>
#include <cstdint>
#include <torch/torch.h>
#include <vector>

namespace trilby::backends {

using Wide = long double;

/// The values of a host tensor in row-major order.
[[nodiscard]] inline std::vector<Wide> values_of(const torch::Tensor& host) {
    const torch::Tensor doubles = host.to(torch::kFloat64).contiguous();
    const double* data = doubles.data_ptr<double>();
    return {data, data + doubles.numel()};
}

[[nodiscard]] inline torch::Tensor tensor_of(const std::vector<Wide>& values,
                                             torch::IntArrayRef sizes) {
    torch::Tensor out = torch::empty(sizes, torch::kFloat64);
    std::copy(values.begin(), values.end(), out.data_ptr<double>());
    return out;
}

/// A sum, and the sum of its terms' magnitudes, which bounds its rounding error.
struct Sums {
    torch::Tensor value;      ///< float64
    torch::Tensor magnitude;  ///< float64, of the same sizes
};

/// The product of two matrices.
[[nodiscard]] Sums matrix_product(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace trilby::backends
