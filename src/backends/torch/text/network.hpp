// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A decoder-only transformer (Vaswani et al., 2017; Radford et al., 2019): reads tokens and gives,
/// after each of them, the scores of the next.

#pragma once

#include <cstdint>
#include <memory>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/text/attention.hpp"
#include "train/text/settings.hpp"

namespace trilby::backends {

/// What a network keeps of the tokens that it has read, so that it need not read them again.
struct TextMemory {
    std::int64_t tokens = 0;
    std::vector<SeenTokens> layers;
};

/// Attention and feed-forward of one layer.
class TextBlock : public torch::nn::Module {
  public:
    explicit TextBlock(const train::text::Settings& settings);

    /// `x`: batch x length x width, and so the result. With `seen`, x follows those tokens.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const AttentionSettings& attention,
                                        SeenTokens* seen);

  private:
    torch::Tensor attend(const torch::Tensor& x, const AttentionSettings& attention,
                         SeenTokens* seen);
    torch::Tensor feed_forward(const torch::Tensor& x);
    torch::Tensor with_dropout(const torch::Tensor& x);

    train::text::Settings settings_;
    torch::nn::Linear query_key_value_;
    torch::nn::Linear output_;
    torch::nn::Linear up_;
    torch::nn::Linear down_;
};

class TextNetwork : public torch::nn::Module {
  public:
    /// On the CPU, with weights that follow from `seed`; `tokens` is the number of different ones.
    TextNetwork(const train::text::Settings& settings, std::int64_t tokens, std::int64_t seed);

    /// The scores of each next token, batch x length x tokens. Input: batch x length, int64. With
    /// `memory`, the input follows the tokens there and is added to them. Both together are at most
    /// `context` long.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& tokens, TextMemory* memory = nullptr);

    [[nodiscard]] std::int64_t context() const { return settings_.context; }

  private:
    AttentionSettings attention_at(std::int64_t first, std::int64_t length,
                                   const torch::Device& device);

    train::text::Settings settings_;
    AttentionSettings attention_;  ///< of all positions
    torch::nn::Embedding embedding_ = nullptr;
    torch::nn::Embedding positions_ = nullptr;  ///< only if they are learned
    std::vector<std::shared_ptr<TextBlock>> blocks_;
    torch::nn::Linear head_ = nullptr;
};

}  // namespace trilby::backends
