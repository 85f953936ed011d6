// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <torch/torch.h>

namespace trilby::backends {

/// What the heads of a layer do to queries and keys before they compare them.
struct AttentionSettings {
    bool is_normalized = false;  ///< divide by the root of the mean square
    /// Rotary positions, tokens x (width of a head / 2), or undefined: a number and the one half a
    /// head after it are a pair, which is rotated by the angle with this cosine and this sine.
    torch::Tensor cosines;
    torch::Tensor sines;
};

/// Queries, keys and values of the tokens that were read before; undefined if there were none.
struct SeenTokens {
    torch::Tensor keys;    ///< N x heads x tokens x width
    torch::Tensor values;  ///< likewise
};

/// Self-attention of each token to itself and to those before. `all`: N x tokens x 3 x heads x
/// width, the queries, keys and values; the result: N x tokens x heads x width. Throws for settings
/// that do not fit.
[[nodiscard]] torch::Tensor causal_attention(const torch::Tensor& all,
                                             const AttentionSettings& settings);

/// The same by LibTorch's operations, after the tokens that `seen` has, to which it adds these.
[[nodiscard]] torch::Tensor causal_attention_after(const torch::Tensor& all,
                                                   const AttentionSettings& settings,
                                                   SeenTokens& seen);

}  // namespace trilby::backends
