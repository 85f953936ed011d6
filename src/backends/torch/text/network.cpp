// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/text/network.hpp"

#include <cmath>
#include <fmt/format.h>

#include "backends/torch/text/fused_layers.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using train::text::Activation;
using train::text::Positions;
using train::text::Settings;

constexpr double initial_deviation = 0.02;  // as in GPT-2
constexpr std::int64_t feed_forward_factor = 4;

torch::nn::Linear linear(std::int64_t from, std::int64_t to) {
    return torch::nn::Linear(torch::nn::LinearOptions(from, to).bias(false));
}

/// The cosines and sines of the angles of each pair of a head at each position (Su et al., 2021).
AttentionSettings rotary_positions(std::int64_t context, std::int64_t head_width) {
    constexpr double longest_period = 10'000.0;
    const std::int64_t pairs = head_width / 2;
    const auto number = torch::TensorOptions(torch::kFloat64);
    const Tensor turns =
        torch::pow(longest_period, torch::arange(pairs, number) / -static_cast<double>(pairs));
    const Tensor angles = torch::outer(torch::arange(context, number), turns);
    return {.cosines = angles.cos().to(torch::kFloat32), .sines = angles.sin().to(torch::kFloat32)};
}

}  // namespace

TextBlock::TextBlock(const Settings& settings)
    : settings_(settings),
      query_key_value_(
          register_module("query_key_value", linear(settings.width, 3 * settings.width))),
      output_(register_module("output", linear(settings.width, settings.width))),
      up_(register_module("up", linear(settings.width, feed_forward_factor * settings.width))),
      down_(register_module("down", linear(feed_forward_factor * settings.width, settings.width))) {
    const torch::NoGradGuard no_grad;
    query_key_value_->weight.normal_(0.0, initial_deviation);
    up_->weight.normal_(0.0, initial_deviation);
    // A layer adds nothing at first, so that deep networks learn as fast as shallow ones.
    output_->weight.zero_();
    down_->weight.zero_();
}

Tensor TextBlock::forward(const Tensor& x, const AttentionSettings& attention, SeenTokens* seen) {
    const Tensor attended = x + with_dropout(attend(normalized(x), attention, seen));
    return attended + with_dropout(feed_forward(normalized(attended)));
}

Tensor TextBlock::attend(const Tensor& x, const AttentionSettings& attention, SeenTokens* seen) {
    const std::int64_t head_width = settings_.width / settings_.heads;
    const Tensor all =
        query_key_value_->forward(x).view({x.size(0), x.size(1), 3, settings_.heads, head_width});
    const Tensor attended = seen != nullptr ? causal_attention_after(all, attention, *seen)
                                            : causal_attention(all, attention);
    return output_->forward(attended.flatten(2));
}

Tensor TextBlock::feed_forward(const Tensor& x) {
    const Tensor inner = up_->forward(x);
    return down_->forward(settings_.activation == Activation::gelu ? at::gelu(inner)
                                                                   : squared_relu(inner));
}

Tensor TextBlock::with_dropout(const Tensor& x) {
    return settings_.dropout > 0.0 ? torch::dropout(x, settings_.dropout, is_training()) : x;
}

TextNetwork::TextNetwork(const Settings& settings, std::int64_t tokens, std::int64_t seed)
    : settings_(settings) {
    torch::manual_seed(static_cast<std::uint64_t>(seed));
    const torch::NoGradGuard no_grad;
    embedding_ = register_module("embedding", torch::nn::Embedding(tokens, settings.width));
    embedding_->weight.normal_(0.0, initial_deviation);
    if (settings.positions == Positions::learned) {
        positions_ =
            register_module("positions", torch::nn::Embedding(settings.context, settings.width));
        positions_->weight.normal_(0.0, initial_deviation);
    } else {
        attention_ = rotary_positions(settings.context, settings.width / settings.heads);
    }
    attention_.is_normalized = settings.query_key_norm;
    for (std::int64_t i = 0; i < settings.layers; ++i) {
        blocks_.push_back(
            register_module(fmt::format("block_{}", i + 1), std::make_shared<TextBlock>(settings)));
    }
    head_ = register_module("head", linear(settings.width, tokens));
    head_->weight.normal_(0.0, initial_deviation);
}

AttentionSettings TextNetwork::attention_at(std::int64_t first, std::int64_t length,
                                            const torch::Device& device) {
    if (!attention_.cosines.defined()) {
        return attention_;
    }
    // Moved at the first use: they are neither weights nor part of a checkpoint.
    attention_.cosines = attention_.cosines.to(device);
    attention_.sines = attention_.sines.to(device);
    return {.is_normalized = attention_.is_normalized,
            .cosines = attention_.cosines.narrow(0, first, length),
            .sines = attention_.sines.narrow(0, first, length)};
}

Tensor TextNetwork::forward(const Tensor& tokens, TextMemory* memory) {
    const std::int64_t first = memory != nullptr ? memory->tokens : 0;
    const std::int64_t length = tokens.size(1);
    Tensor x = embedding_->forward(tokens);
    if (!positions_.is_empty()) {
        x = x + positions_->weight.narrow(0, first, length);
    }
    const AttentionSettings attention = attention_at(first, length, x.device());
    if (memory != nullptr) {
        memory->tokens += length;
        memory->layers.resize(blocks_.size());
    }
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        x = blocks_[i]->forward(x, attention, memory != nullptr ? &memory->layers[i] : nullptr);
    }
    return head_->forward(normalized(x));
}

}  // namespace trilby::backends
