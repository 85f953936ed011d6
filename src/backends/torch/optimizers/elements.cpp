// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/optimizers/elements.hpp"

namespace trilby::backends {
namespace {

bool is_flat(const torch::Tensor& tensor) {
    return tensor.is_cpu() && tensor.scalar_type() == torch::kFloat32 &&
           tensor.is_non_overlapping_and_dense();
}

/// The stride of a dimension with one element means nothing.
bool have_one_order(const torch::Tensor& a, const torch::Tensor& b) {
    for (std::int64_t dimension = 0; dimension < a.dim(); ++dimension) {
        if (a.size(dimension) != 1 && a.stride(dimension) != b.stride(dimension)) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool are_flat(const Tensors& tensors) {
    return std::ranges::all_of(tensors, is_flat);
}

Tensors in_order_of(const Tensors& pattern, const Tensors& tensors) {
    Tensors ordered = tensors;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (!have_one_order(pattern[i], tensors[i])) {
            ordered[i] = torch::empty_like(pattern[i]).copy_(tensors[i]);
        }
    }
    return ordered;
}

Tensors zeros_like(const Tensors& tensors) {
    Tensors zeros;
    zeros.reserve(tensors.size());
    for (const torch::Tensor& tensor : tensors) {
        zeros.push_back(torch::zeros_like(tensor));
    }
    return zeros;
}

Tensors copies_of(const Tensors& tensors) {
    Tensors copies;
    copies.reserve(tensors.size());
    for (const torch::Tensor& tensor : tensors) {
        copies.push_back(tensor.detach().clone());
    }
    return copies;
}

}  // namespace trilby::backends
