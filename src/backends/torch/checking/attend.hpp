// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <torch/torch.h>
#include <torch/version.h>
#include <tuple>

namespace trilby::backends {

/// The keys that a query attends to.
enum class Visible : std::uint8_t {
    all,
    before,  ///< itself and those before it; there are as many keys as queries
    masked,  ///< those for which the mask is true
};

/// One attention of heads [batch, heads, length, depth].
struct AttentionInputs {
    torch::Tensor query;
    torch::Tensor key;  ///< of as many heads as `query`, like `value`
    torch::Tensor value;
    Visible visible = Visible::all;
    torch::Tensor mask = {};  ///< truth values [queries, keys] if keys are masked
};

/// LibTorch's attention, which is fused where the device has such a kernel.
inline torch::Tensor attend(const AttentionInputs& in) {
    const auto mask = in.visible == Visible::masked ? c10::optional<torch::Tensor>(in.mask)
                                                    : c10::optional<torch::Tensor>();
    const bool is_causal = in.visible == Visible::before;
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(in.query, in.key, in.value, mask, 0.0, is_causal);
#else
    return std::get<0>(
        at::_scaled_dot_product_attention(in.query, in.key, in.value, mask, 0.0, false, is_causal));
#endif
}

/// The same by its definition: two products, and a softmax between them.
inline torch::Tensor attend_by_products(const AttentionInputs& in) {
    const double scale = 1 / std::sqrt(static_cast<double>(in.query.size(-1)));
    torch::Tensor scores = torch::matmul(in.query, in.key.transpose(-2, -1)).mul(scale);
    if (in.visible != Visible::all) {
        const torch::Tensor mask = in.visible == Visible::masked
                                       ? in.mask
                                       : torch::ones({scores.size(-2), scores.size(-1)},
                                                     scores.options().dtype(torch::kBool))
                                             .tril();
        scores = scores.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
    }
    return torch::matmul(scores.softmax(-1), in.value);
}

}  // namespace trilby::backends
