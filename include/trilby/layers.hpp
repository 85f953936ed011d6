// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Layers without weights for networks of your own. On a CPU with AVX2 or better, for float32 and
/// the widths below, each is one kernel, forward and backward, which reads memory fewer times than
/// LibTorch's operations. Elsewhere they are those operations. Gradients pass through them.

#pragma once

#include <torch/torch.h>

#include <trilby/export.hpp>

namespace trilby {

/// Each row of the last dimension with mean 0 and variance 1, as a layer norm without weights (Ba
/// et al., 2016). A kernel for rows of a multiple of 16.
[[nodiscard]] TRILBY_API torch::Tensor normalized(const torch::Tensor& x);

/// The square of what is positive, 0 elsewhere (So et al., 2021). A kernel for rows of a multiple
/// of 16.
[[nodiscard]] TRILBY_API torch::Tensor squared_relu(const torch::Tensor& x);

/// What is done to queries and keys before they are compared.
struct AttentionSettings {
    bool is_normalized = false;  ///< divide each by the root of its mean square
    /// tokens x (width of a head / 2), float32, or undefined: the pair of a number and the one half
    /// a head after it is turned by an angle with this cosine and this sine (Su et al., 2021).
    torch::Tensor cosines = {};
    torch::Tensor sines = {};
};

/// Self-attention of each token to itself and to those before. `queries_keys_values` is examples x
/// tokens x 3 x heads x width of a head; the result is examples x tokens x heads x width. A kernel
/// for heads of a multiple of 32.
[[nodiscard]] TRILBY_API torch::Tensor causal_attention(const torch::Tensor& queries_keys_values,
                                                        const AttentionSettings& settings = {});

}  // namespace trilby
