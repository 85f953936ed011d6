// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/reference.hpp"

namespace trilby::backends {

Sums matrix_product(const torch::Tensor& a, const torch::Tensor& b) {
    const std::int64_t rows = a.size(0);
    const std::int64_t inner = a.size(1);
    const std::int64_t columns = b.size(1);
    const auto left = values_of(a);
    const auto right = values_of(b);
    std::vector<Wide> value(static_cast<std::size_t>(rows * columns));
    std::vector<Wide> magnitude(value.size());
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t k = 0; k < inner; ++k) {
            const Wide factor = left[static_cast<std::size_t>(i * inner + k)];
            for (std::int64_t j = 0; j < columns; ++j) {
                const Wide term = factor * right[static_cast<std::size_t>(k * columns + j)];
                const auto at = static_cast<std::size_t>(i * columns + j);
                value[at] += term;
                magnitude[at] += std::abs(term);
            }
        }
    }
    return {tensor_of(value, {rows, columns}), tensor_of(magnitude, {rows, columns})};
}

}  // namespace trilby::backends
