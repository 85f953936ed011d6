// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/table/number_embedding.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace trilby::backends {
namespace {

using torch::Tensor;

/// rows x inputs x from, times inputs x from x to, plus inputs x to.
Tensor linear_per_input(const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return torch::baddbmm(bias.unsqueeze(1), x.transpose(0, 1), weight).transpose(0, 1);
}

Tensor uniform(torch::IntArrayRef shape, double limit) {
    return torch::empty(shape).uniform_(-limit, limit);
}

class PlainNumbers : public NumberEmbedding {
  public:
    Tensor forward(const Tensor& numbers) override { return numbers; }
    std::int64_t size() const override { return 1; }
};

/// Each number is encoded by how far it reaches into each bin: 1 for the bins below it, 0 for those
/// above. The encoding's weights begin as 0, so that at first the embedding is linear.
class PiecewiseLinearNumbers : public NumberEmbedding {
  public:
    PiecewiseLinearNumbers(const std::vector<std::vector<double>>& edges, std::int64_t size)
        : size_(size) {
        const auto inputs = static_cast<std::int64_t>(edges.size());
        std::size_t most_edges = 0;
        for (const std::vector<double>& one : edges) {
            most_edges = std::max(most_edges, one.size());
        }
        const auto bins = static_cast<std::int64_t>(most_edges) - 1;
        // An input with fewer bins has others that always are 0.
        Tensor scale = torch::ones({inputs, bins});
        Tensor offset = torch::zeros({inputs, bins});
        constexpr float unbounded = 1e6F;  // numbers are normalized, so this is as good as infinite
        Tensor low = torch::zeros({inputs, bins});
        Tensor high = torch::zeros({inputs, bins});
        for (std::size_t i = 0; i < edges.size(); ++i) {
            const auto input = static_cast<std::int64_t>(i);
            const std::size_t count = edges[i].size() - 1;
            for (std::size_t j = 0; j < count; ++j) {
                const auto bin = static_cast<std::int64_t>(j);
                const double width = edges[i][j + 1] - edges[i][j];
                scale[input][bin] = 1.0 / width;
                offset[input][bin] = -edges[i][j] / width;
                high[input][bin] = 1.0;
            }
            // Numbers beyond the ends go on along the line.
            low[input][0] = -unbounded;
            high[input][static_cast<std::int64_t>(count) - 1] = unbounded;
        }
        scale_ = register_buffer("scale", scale);
        offset_ = register_buffer("offset", offset);
        low_ = register_buffer("low", low);
        high_ = register_buffer("high", high);
        encoding_weight_ =
            register_parameter("encoding_weight", torch::zeros({inputs, bins, size}));
        weight_ = register_parameter("weight", uniform({inputs, size}, 1.0));
        bias_ = register_parameter("bias", uniform({inputs, size}, 1.0));
    }

    Tensor forward(const Tensor& numbers) override {
        const Tensor x = numbers.unsqueeze(2);
        const Tensor encoding = torch::addcmul(offset_, x, scale_).clamp(low_, high_);
        return torch::addcmul(linear_per_input(encoding, encoding_weight_, bias_), x, weight_)
            .flatten(1);
    }
    std::int64_t size() const override { return size_; }

  private:
    std::int64_t size_;
    Tensor scale_;
    Tensor offset_;
    Tensor low_;
    Tensor high_;
    Tensor encoding_weight_;
    Tensor weight_;
    Tensor bias_;
};

/// Sines and cosines of learned frequencies, a linear layer for each input, and ReLU.
class PeriodicNumbers : public NumberEmbedding {
  public:
    PeriodicNumbers(std::int64_t inputs, const train::table::Settings& settings)
        : size_(settings.embedding_size) {
        const std::int64_t waves = 2 * settings.frequencies;
        const double limit = 1.0 / std::sqrt(static_cast<double>(waves));
        Tensor frequencies = torch::empty({inputs, settings.frequencies});
        const double scale = settings.frequency_scale;
        frequencies.normal_(0.0, scale).clamp_(-3.0 * scale, 3.0 * scale);
        frequencies_ = register_parameter("frequencies", frequencies);
        weight_ = register_parameter("weight", uniform({inputs, waves, size_}, limit));
        bias_ = register_parameter("bias", uniform({inputs, size_}, limit));
    }

    Tensor forward(const Tensor& numbers) override {
        const Tensor angles = numbers.unsqueeze(2) * (2.0 * std::numbers::pi * frequencies_);
        const Tensor waves = torch::cat({angles.cos(), angles.sin()}, 2);
        return linear_per_input(waves, weight_, bias_).relu().flatten(1);
    }
    std::int64_t size() const override { return size_; }

  private:
    std::int64_t size_;
    Tensor frequencies_;
    Tensor weight_;
    Tensor bias_;
};

std::vector<std::vector<double>> edges_of(const train::table::Schema& schema, std::int64_t bins) {
    std::vector<std::vector<double>> edges;
    for (const train::table::NumberInput& input : schema.numbers) {
        edges.push_back(train::table::bin_edges(input.curve, bins));
    }
    return edges;
}

}  // namespace

std::shared_ptr<NumberEmbedding> make_number_embedding(const train::table::Settings& settings,
                                                       const train::table::Schema& schema) {
    if (schema.numbers.empty()) {
        return nullptr;
    }
    switch (settings.embedding) {
        case train::table::EmbeddingKind::piecewise_linear:
            return std::make_shared<PiecewiseLinearNumbers>(edges_of(schema, settings.bins),
                                                            settings.embedding_size);
        case train::table::EmbeddingKind::periodic:
            return std::make_shared<PeriodicNumbers>(
                static_cast<std::int64_t>(schema.numbers.size()), settings);
        case train::table::EmbeddingKind::none:
            break;
    }
    return std::make_shared<PlainNumbers>();
}

}  // namespace trilby::backends
