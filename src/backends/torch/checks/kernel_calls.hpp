// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Between LibTorch's tensors and the kernels of ours.

#pragma once

#include <stdexcept>
#include <torch/torch.h>

#include "backends/kernels/kernels.hpp"

namespace trilby::backends {

/// Throws the runtime's words.
inline void require_ok(gpu::Status status) {
    if (!status.is_ok()) {
        throw std::runtime_error(gpu::text_of(status));
    }
}

/// The words of a tensor of int64, as kernels take them. The tensor is contiguous.
inline std::uint64_t* words_of(const torch::Tensor& tensor) {
    return reinterpret_cast<std::uint64_t*>(tensor.data_ptr<std::int64_t>());
}

}  // namespace trilby::backends
