// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/network_design.hpp"

#include <algorithm>
#include <variant>

#include "train/network.hpp"

namespace trilby::train::images {
namespace {

constexpr std::int64_t stem_channels = 32;
constexpr std::int64_t most_channels = 256;
constexpr std::int64_t small_side = 48;  ///< images up to here keep their details in the stem
constexpr std::int64_t last_side = 6;    ///< stages end at or below this

void append(std::vector<Layer>& to, const Conv2d& conv) {
    to.insert(to.end(), {conv, BatchNorm{}, Relu{}});
}

Conv2d stem_for(std::int64_t side) {
    return side <= small_side
               ? Conv2d{.channels = stem_channels, .kernel = 3, .padding = 1, .bias = false}
               : Conv2d{.channels = stem_channels,
                        .kernel = 5,
                        .stride = 2,
                        .padding = 2,
                        .bias = false};
}

template <class L>
std::int64_t multiplications_of(const L&, const Shape&, const Shape&) {
    return 0;
}

std::int64_t multiplications_of(const Conv2d& conv, const Shape& input, const Shape& output) {
    return element_count(output) * input[0] * conv.kernel * conv.kernel;
}

std::int64_t multiplications_of(const Residual&, const Shape& input, const Shape& output) {
    return 2 * multiplications_of(Conv2d{.kernel = 3}, input, output);
}

std::int64_t multiplications_of(const Linear& linear, const Shape& input, const Shape&) {
    return input[0] * linear.features;
}

}  // namespace

std::vector<Layer> design_network(const Shape& image, std::int64_t classes) {
    std::vector<Layer> layers;
    const Conv2d stem = stem_for(image[1]);
    append(layers, stem);
    layers.emplace_back(MaxPool2d{});
    std::int64_t side = image[1] / stem.stride / 2;
    std::int64_t channels = stem_channels;
    for (; side > last_side; side /= 2) {
        channels = std::min(channels * 2, most_channels);
        append(layers, {.channels = channels, .kernel = 3, .padding = 1, .bias = false});
        layers.emplace_back(MaxPool2d{});
    }
    channels = std::min(channels * 2, most_channels);
    append(layers, {.channels = channels, .kernel = 3, .padding = 1, .bias = false});
    layers.insert(layers.end(),
                  {GlobalAveragePool{}, Dropout{.probability = 0.2}, Linear{.features = classes}});
    return layers;
}

std::int64_t count_multiplications(std::span<const Layer> layers, const Shape& image) {
    const std::vector<Shape> shapes = infer_shapes(layers, image).value_or(std::vector<Shape>{});
    std::int64_t total = 0;
    for (std::size_t i = 0; i + 1 < shapes.size(); ++i) {
        total += std::visit(
            [&](const auto& layer) { return multiplications_of(layer, shapes[i], shapes[i + 1]); },
            layers[i]);
    }
    return total;
}

}  // namespace trilby::train::images
