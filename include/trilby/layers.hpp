// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Layers without weights for networks of your own. On a CPU with AVX2 or better, for float32 and
/// the widths below, each layer is one kernel, forward and backward, which reads memory fewer times
/// than LibTorch's operations. Elsewhere, LibTorch's operations compute it. Gradients pass through
/// all layers.

#pragma once

#include <torch/torch.h>

#include <trilby/export.hpp>

namespace trilby {

/// Normalizes each row of the last dimension to mean 0 and variance 1, like a layer norm without
/// weights (Ba et al., 2016). The kernel takes rows whose length is a multiple of 16.
[[nodiscard]] TRILBY_API torch::Tensor normalized(const torch::Tensor& x);

/// The square of each positive number, and 0 for the others (So et al., 2021). The kernel takes
/// rows whose length is a multiple of 16.
[[nodiscard]] TRILBY_API torch::Tensor squared_relu(const torch::Tensor& x);

/// What is done to queries and keys before they are compared.
struct AttentionSettings {
    bool is_normalized = false;  ///< divide each by the root of its mean square
    /// Rotary positions (Su et al., 2021): tokens x (width of a head / 2), float32; undefined for
    /// none. A number and the one half a head after it are a pair, which is rotated by the angle
    /// with this cosine and this sine.
    torch::Tensor cosines = {};
    torch::Tensor sines = {};
};

/// Self-attention of each token to itself and to the tokens before it. `queries_keys_values` is
/// examples x tokens x 3 x heads x width of a head; the result is examples x tokens x heads x width
/// of a head. The kernel takes heads whose width is a multiple of 32. Throws c10::Error for a
/// tensor of another shape, type or device.
[[nodiscard]] TRILBY_API torch::Tensor causal_attention(const torch::Tensor& queries_keys_values,
                                                        const AttentionSettings& settings = {});

}  // namespace trilby
