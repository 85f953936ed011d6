// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/network.hpp"

#include <fmt/format.h>

#include "train/network.hpp"

namespace trilby::backends {
namespace {

namespace nn = torch::nn;
using train::Shape;

/// train::Residual. It starts by adding nothing, which keeps the first steps of deep networks
/// stable.
class ResidualBlockImpl : public nn::Module {
  public:
    explicit ResidualBlockImpl(std::int64_t channels) {
        const auto conv = nn::Conv2dOptions(channels, channels, 3).padding(1).bias(false);
        const nn::BatchNorm2d last(channels);
        nn::init::zeros_(last->weight);
        body_ = register_module("body", nn::Sequential(nn::Conv2d(conv), nn::BatchNorm2d(channels),
                                                       nn::ReLU(nn::ReLUOptions(/*inplace=*/true)),
                                                       nn::Conv2d(conv), last));
    }
    torch::Tensor forward(const torch::Tensor& x) { return body_->forward(x).add_(x).relu_(); }

  private:
    nn::Sequential body_{nullptr};
};
TORCH_MODULE(ResidualBlock);

void append(nn::Sequential& to, std::string name, const train::Conv2d& conv, const Shape& input) {
    to->push_back(std::move(name),
                  nn::Conv2d(nn::Conv2dOptions(input[0], conv.channels, conv.kernel)
                                 .stride(conv.stride)
                                 .padding(conv.padding)
                                 .bias(conv.bias)));
}

void append(nn::Sequential& to, std::string name, const train::BatchNorm&, const Shape& input) {
    if (input.size() == 3) {
        to->push_back(std::move(name), nn::BatchNorm2d(input[0]));
    } else {
        to->push_back(std::move(name), nn::BatchNorm1d(input[0]));
    }
}

void append(nn::Sequential& to, std::string name, const train::Relu&, const Shape&) {
    to->push_back(std::move(name), nn::ReLU(nn::ReLUOptions(/*inplace=*/true)));
}

void append(nn::Sequential& to, std::string name, const train::Residual&, const Shape& input) {
    to->push_back(std::move(name), ResidualBlock(input[0]));
}

void append(nn::Sequential& to, std::string name, const train::MaxPool2d& pool, const Shape&) {
    to->push_back(std::move(name), nn::MaxPool2d(pool.kernel));
}

void append(nn::Sequential& to, std::string name, const train::GlobalAveragePool&, const Shape&) {
    to->push_back(std::move(name), nn::Functional([](const torch::Tensor& x) {
                      return x.mean({2, 3});
                  }));
}

void append(nn::Sequential& to, std::string name, const train::Dropout& dropout, const Shape&) {
    to->push_back(std::move(name), nn::Dropout(dropout.probability));
}

void append(nn::Sequential& to, std::string name, const train::Flatten&, const Shape&) {
    to->push_back(std::move(name), nn::Flatten());
}

void append(nn::Sequential& to, std::string name, const train::Linear& linear, const Shape& input) {
    to->push_back(std::move(name),
                  nn::Linear(nn::LinearOptions(input[0], linear.features).bias(linear.bias)));
}

}  // namespace

torch::nn::Sequential make_image_network(const std::vector<train::Layer>& layers,
                                         const std::vector<train::Shape>& shapes,
                                         std::int64_t seed) {
    torch::manual_seed(static_cast<std::uint64_t>(seed));
    nn::Sequential network;
    for (const std::size_t i : train::execution_order(layers)) {
        const std::string name = fmt::format("{}_{}", train::layer_name(layers[i]), i + 1);
        std::visit([&](const auto& layer) { append(network, name, layer, shapes[i]); }, layers[i]);
    }
    // Convolutions and pools are faster with the channels of a pixel next to each other.
    for (torch::Tensor& parameter : network->parameters()) {
        if (parameter.dim() == 4) {
            parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
    return network;
}

}  // namespace trilby::backends
