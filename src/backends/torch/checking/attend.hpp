// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <torch/torch.h>
#include <torch/version.h>
#include <tuple>

namespace trilby::backends {

/// LibTorch's attention, which is fused where the device has such a kernel.
inline torch::Tensor attend(const torch::Tensor& query, const torch::Tensor& key,
                            const torch::Tensor& value, bool is_causal) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(query, key, value, {}, 0.0, is_causal);
#else
    return std::get<0>(
        at::_scaled_dot_product_attention(query, key, value, {}, 0.0, false, is_causal));
#endif
}

}  // namespace trilby::backends
