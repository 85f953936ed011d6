// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Tensors of a safetensors file, float32 or int64, as LibTorch's.

#pragma once

#include <stdexcept>
#include <string>
#include <torch/torch.h>

#include <trilby/safetensors.hpp>

namespace trilby::testing {

/// Undefined if there is none of that name.
inline torch::Tensor read_tensor(const safetensors::File& file, const std::string& name) {
    const auto* info = file.find(name);
    if (info == nullptr) {
        return {};
    }
    torch::Tensor tensor =
        torch::empty(info->shape, info->dtype == "I64" ? torch::kInt64 : torch::kFloat32);
    if (!file.read(*info, {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()})) {
        throw std::runtime_error("cannot read " + name);
    }
    return tensor;
}

}  // namespace trilby::testing
