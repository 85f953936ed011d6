// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The types in which the matrix units of devices multiply.

#pragma once

#include <optional>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/checking/exact_product.hpp"
#include "backends/torch/checking/product_shapes.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {

/// How a product of real numbers is rounded.
struct ProductRounding {
    torch::ScalarType sums;  ///< the type in which the terms are added
    validate::Rounding rounding;
};

using Multiply = torch::Tensor(const torch::Tensor& a, const torch::Tensor& b);

struct ProductType {
    std::string_view name;
    torch::ScalarType values;    ///< operands are drawn as numbers of this type ...
    torch::ScalarType operands;  ///< ... and handed over in this one
    ExactRange exact;
    /// Empty if products of this type are checked with integers only.
    std::optional<ProductRounding> reals;
    /// Whether operands may have any layout and sides, and batches. If not, the rows of the first
    /// and the columns of the second are contiguous, and sides are multiples of 16.
    bool takes_any_operands;
    Multiply* multiply;

    /// The shape that is multiplied where `shape` is wanted.
    [[nodiscard]] ProductShape shape_for(const ProductShape& shape) const;
};

/// The type in which this kind of device adds products of `type`.
[[nodiscard]] torch::ScalarType type_of_sums(torch::ScalarType type, torch::Device device);

/// Makes GPUs add products of 16-bit types in float32 alone while it lives.
class FullPartialSums {
  public:
    FullPartialSums();
    ~FullPartialSums();
    FullPartialSums(const FullPartialSums&) = delete;
    FullPartialSums& operator=(const FullPartialSums&) = delete;
};

/// The types that this kind of device may have.
[[nodiscard]] std::vector<ProductType> known_product_types(torch::Device device);

/// Throws c10::NotImplementedError, or what LibTorch throws, if there are no products of this type.
void require_products(const ProductType& type, torch::Device device);

}  // namespace trilby::backends
