// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/series/patch_transformer.hpp"

#include <cmath>

namespace trilby::backends {
namespace {

namespace nn = torch::nn;
using train::series::Settings;

/// The past is continued by one stride, so that its end is in a patch too.
std::int64_t patch_count(const Settings& settings) {
    return (settings.look_back - settings.patch_length) / settings.patch_stride + 2;
}

nn::LayerNorm make_norm(std::int64_t width) {
    return nn::LayerNorm(nn::LayerNormOptions({width}));
}

/// Attention and a feed-forward layer, each added to its input. Rows x patches x width.
class PatchBlockImpl : public nn::Module {
  public:
    PatchBlockImpl(std::int64_t width, std::int64_t heads, double dropout)
        : heads_(heads),
          attention_norm_(register_module("attention_norm", make_norm(width))),
          query_key_value_(register_module("query_key_value", nn::Linear(width, 3 * width))),
          attention_output_(register_module("attention_output", nn::Linear(width, width))),
          forward_norm_(register_module("forward_norm", make_norm(width))),
          widen_(register_module("widen", nn::Linear(width, 4 * width))),
          narrow_(register_module("narrow", nn::Linear(4 * width, width))),
          dropout_(register_module("dropout", nn::Dropout(dropout))) {}

    torch::Tensor forward(const torch::Tensor& input) {
        const torch::Tensor attended =
            input + dropout_(attention_output_(attention(attention_norm_(input))));
        const torch::Tensor wide = dropout_(torch::gelu(widen_(forward_norm_(attended))));
        return attended + dropout_(narrow_(wide));
    }

  private:
    torch::Tensor attention(const torch::Tensor& input) {
        const std::int64_t patches = input.size(1);
        const std::int64_t head_width = input.size(2) / heads_;
        const auto parts = query_key_value_(input)
                               .view({-1, patches, 3, heads_, head_width})
                               .permute({2, 0, 3, 1, 4})
                               .unbind(0);
        const double scale = 1.0 / std::sqrt(static_cast<double>(head_width));
        const torch::Tensor weights =
            torch::matmul(parts[0] * scale, parts[1].transpose(-2, -1)).softmax(-1);
        return torch::matmul(weights, parts[2])
            .transpose(1, 2)
            .reshape({-1, patches, heads_ * head_width});
    }

    std::int64_t heads_;
    nn::LayerNorm attention_norm_;
    nn::Linear query_key_value_;
    nn::Linear attention_output_;
    nn::LayerNorm forward_norm_;
    nn::Linear widen_;
    nn::Linear narrow_;
    nn::Dropout dropout_;
};
TORCH_MODULE(PatchBlock);

}  // namespace

PatchTransformer::PatchTransformer(const Settings& settings)
    : patch_length_(settings.patch_length),
      patch_stride_(settings.patch_stride),
      embedding_(register_module("embedding", nn::Linear(settings.patch_length, settings.width))),
      positions_(register_parameter("positions",
                                    0.02 * torch::randn({patch_count(settings), settings.width}))),
      dropout_(register_module("dropout", nn::Dropout(settings.dropout))),
      blocks_(register_module("blocks", nn::Sequential())),
      norm_(register_module("norm", make_norm(settings.width))),
      head_(register_module("head",
                            nn::Linear(patch_count(settings) * settings.width, settings.horizon))) {
    for (std::int64_t layer = 0; layer < settings.layers; ++layer) {
        blocks_->push_back(PatchBlock(settings.width, settings.heads, settings.dropout));
    }
}

torch::Tensor PatchTransformer::forward(const torch::Tensor& past) {
    const torch::Tensor patches = torch::replication_pad1d(past, {0, patch_stride_})
                                      .flatten(0, 1)
                                      .unfold(-1, patch_length_, patch_stride_);
    const torch::Tensor tokens = blocks_->forward(dropout_(embedding_(patches) + positions_));
    return head_(norm_(tokens).flatten(1)).view({past.size(0), past.size(1), -1});
}

}  // namespace trilby::backends
