// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/attention.hpp"
#include "backends/torch/text/fused_layers.hpp"
#include <trilby/layers.hpp>

namespace trilby {

torch::Tensor normalized(const torch::Tensor& x) {
    return backends::normalized(x);
}

torch::Tensor squared_relu(const torch::Tensor& x) {
    return backends::squared_relu(x);
}

torch::Tensor causal_attention(const torch::Tensor& queries_keys_values,
                               const AttentionSettings& settings) {
    return backends::causal_attention(queries_keys_values, {.is_normalized = settings.is_normalized,
                                                            .cosines = settings.cosines,
                                                            .sines = settings.sines});
}

}  // namespace trilby
