// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/array_tensor.hpp"

#include <array>

namespace trilby::backends {

torch::Tensor tensor_of(const train::SharedArrays& arrays, std::string_view name) {
    constexpr std::array types{torch::kUInt8, torch::kInt32, torch::kInt64, torch::kFloat32};
    const train::ArrayLayout& layout = arrays.layout_of(name);
    return torch::from_blob(arrays.bytes_of(name).data(), layout.shape,
                            types[static_cast<std::size_t>(layout.type)]);
}

}  // namespace trilby::backends
