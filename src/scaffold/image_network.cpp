// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "base/try.hpp"
#include "scaffold/code.hpp"
#include "scaffold/network_code.hpp"
#include "train/images/check.hpp"
#include "train/network.hpp"

namespace trilby::scaffold {
namespace {

using train::Shape;
using train::images::Settings;

constexpr std::string_view residual_block = R"(
/// Adds to its input what two convolutions make of it. It starts by adding nothing, which keeps the
/// first steps of deep networks stable.
struct ResidualBlockImpl : nn::Module {
    explicit ResidualBlockImpl(std::int64_t channels) {
        const auto conv = nn::Conv2dOptions(channels, channels, 3).padding(1).bias(false);
        const nn::BatchNorm2d last(channels);
        nn::init::zeros_(last->weight);
        body = register_module("body", nn::Sequential(nn::Conv2d(conv), nn::BatchNorm2d(channels),
                                                      nn::ReLU(nn::ReLUOptions(/*inplace=*/true)),
                                                      nn::Conv2d(conv), last));
    }
    torch::Tensor forward(const torch::Tensor& x) { return body->forward(x).add_(x).relu_(); }

    nn::Sequential body{nullptr};
};
TORCH_MODULE(ResidualBlock);
)";

constexpr std::string_view channels_last =
    R"(    // Convolutions and pools are faster with the channels of a pixel next to each other.
    for (torch::Tensor& parameter : network->parameters()) {
        if (parameter.dim() == 4) {
            parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
        }
    }
    return network;
}
)";

std::string module_of(const train::Conv2d& conv, const Shape& input) {
    std::string code = fmt::format("nn::Conv2d(nn::Conv2dOptions({}, {}, {})", input[0],
                                   conv.channels, conv.kernel);
    code += conv.stride != 1 ? fmt::format(".stride({})", conv.stride) : "";
    code += conv.padding != 0 ? fmt::format(".padding({})", conv.padding) : "";
    return code + (conv.bias ? ")" : ".bias(false))");
}

std::string module_of(const train::BatchNorm&, const Shape& input) {
    return fmt::format("nn::BatchNorm{}d({})", input.size() == 3 ? 2 : 1, input[0]);
}

std::string module_of(const train::Relu&, const Shape&) {
    return "nn::ReLU(nn::ReLUOptions(/*inplace=*/true))";
}

std::string module_of(const train::Residual&, const Shape& input) {
    return fmt::format("ResidualBlock({})", input[0]);
}

std::string module_of(const train::MaxPool2d& pool, const Shape&) {
    return fmt::format("nn::MaxPool2d({})", pool.kernel);
}

std::string module_of(const train::GlobalAveragePool&, const Shape&) {
    return "nn::Functional([](const torch::Tensor& x) { return x.mean({2, 3}); })";
}

std::string module_of(const train::Dropout& dropout, const Shape&) {
    return fmt::format("nn::Dropout({})", code_of(dropout.probability));
}

std::string module_of(const train::Flatten&, const Shape&) {
    return "nn::Flatten()";
}

std::string module_of(const train::Linear& linear, const Shape& input) {
    return linear.bias ? fmt::format("nn::Linear({}, {})", input[0], linear.features)
                       : fmt::format("nn::Linear(nn::LinearOptions({}, {}).bias(false))", input[0],
                                     linear.features);
}

/// In two lines where one would be too long.
std::string push_back(std::string_view name, std::string_view module) {
    constexpr std::size_t columns = 100;
    const std::string line = fmt::format("    network->push_back(\"{}\", {});\n", name, module);
    return line.size() <= columns
               ? line
               : fmt::format("    network->push_back(\n        \"{}\", {});\n", name, module);
}

std::string push_layers(const Settings& settings, const std::vector<Shape>& shapes) {
    std::string code;
    for (const std::size_t i : train::execution_order(settings.layers)) {
        const train::Layer& layer = settings.layers[i];
        code += push_back(
            fmt::format("{}_{}", train::layer_name(layer), i + 1),
            std::visit([&](const auto& one) { return module_of(one, shapes[i]); }, layer));
    }
    return code;
}

bool has_residual(const Settings& settings) {
    return std::ranges::any_of(settings.layers, [](const train::Layer& layer) {
        return std::holds_alternative<train::Residual>(layer);
    });
}

Result<Shape> input_of(const Settings& settings, const train::Recipe& recipe) {
    if (!settings.path.empty()) {
        return Shape{settings.channels, settings.side, settings.side};
    }
    TRILBY_TRY(dataset, train::images::dataset_of(settings, recipe));
    return Shape{1, dataset->images->height, dataset->images->width};
}

}  // namespace

Result<NetworkCode> network_code(const Settings& settings, const train::Recipe& recipe) {
    TRILBY_TRY(input, input_of(settings, recipe));
    TRILBY_TRY(shapes, train::infer_shapes(settings.layers, input));
    std::string header = "#include <torch/torch.h>\n\nnamespace nn = torch::nn;\n";
    header += has_residual(settings) ? residual_block : "";
    header += fmt::format(
        "\n/// Takes images of {}, and gives {}: a score for each class.\n"
        "inline nn::Sequential make_network() {{\n    nn::Sequential network;\n",
        train::format_shape(input), train::format_shape(shapes.back()));
    header += push_layers(settings, shapes);
    header += channels_last;
    return NetworkCode{std::move(header), "make_network()"};
}

}  // namespace trilby::scaffold
