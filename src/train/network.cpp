// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/network.hpp"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <numeric>

#include "base/try.hpp"

namespace trilby::train {
namespace {

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<Layer>> names{
    "conv2d",  "batch_norm", "relu",  "max_pool2d", "global_average_pool",
    "dropout", "flatten",    "linear"};

constexpr std::int64_t element_limit = std::int64_t{1} << 31;

bool is_image(const Shape& shape) {
    return shape.size() == 3;
}

std::int64_t element_count(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies{});
}

/// A layer does not accept its input; the caller adds which layer.
std::unexpected<Error> unfit(std::string why, std::string hint) {
    return failure(ErrorCode::bad_data, std::move(why), std::move(hint));
}

std::unexpected<Error> not_an_image(const Shape& input) {
    return unfit(
        fmt::format("takes channels x height x width, but receives {}", format_shape(input)),
        "move it before the layer that flattens");
}

Result<Shape> output_of(const Conv2d& conv, const Shape& input) {
    if (!is_image(input)) {
        return not_an_image(input);
    }
    const auto side = [&](std::int64_t size) {
        return (size + 2 * conv.padding - conv.kernel) / conv.stride + 1;
    };
    if (input[1] + 2 * conv.padding < conv.kernel || input[2] + 2 * conv.padding < conv.kernel) {
        return unfit(
            fmt::format("a kernel of {0} x {0} with padding {1} does not fit its input {2}",
                        conv.kernel, conv.padding, format_shape(input)),
            "use a smaller kernel, more padding, or fewer pooling layers before it");
    }
    return Shape{conv.channels, side(input[1]), side(input[2])};
}

Result<Shape> output_of(const BatchNorm&, const Shape& input) {
    return input;
}

Result<Shape> output_of(const Relu&, const Shape& input) {
    return input;
}

Result<Shape> output_of(const MaxPool2d& pool, const Shape& input) {
    if (!is_image(input)) {
        return not_an_image(input);
    }
    if (input[1] < pool.kernel || input[2] < pool.kernel) {
        return unfit(fmt::format("a window of {0} x {0} does not fit its input {1}", pool.kernel,
                                 format_shape(input)),
                     "leave out one of the pooling layers");
    }
    return Shape{input[0], input[1] / pool.kernel, input[2] / pool.kernel};
}

Result<Shape> output_of(const GlobalAveragePool&, const Shape& input) {
    if (!is_image(input)) {
        return not_an_image(input);
    }
    return Shape{input[0]};
}

Result<Shape> output_of(const Dropout&, const Shape& input) {
    return input;
}

Result<Shape> output_of(const Flatten&, const Shape& input) {
    return Shape{element_count(input)};
}

Result<Shape> output_of(const Linear& linear, const Shape& input) {
    if (input.size() != 1) {
        return unfit(fmt::format("takes a vector, but receives {}", format_shape(input)),
                     "put { layer = \"flatten\" } before it");
    }
    return Shape{linear.features};
}

/// The trainable parameters of a layer; none without an overload.
template <class L>
std::int64_t parameters_of(const L&, const Shape&) {
    return 0;
}

std::int64_t parameters_of(const Conv2d& conv, const Shape& input) {
    return conv.channels * (input[0] * conv.kernel * conv.kernel + (conv.bias ? 1 : 0));
}

std::int64_t parameters_of(const BatchNorm&, const Shape& input) {
    return 2 * input[0];
}

std::int64_t parameters_of(const Linear& linear, const Shape& input) {
    return linear.features * (input[0] + (linear.bias ? 1 : 0));
}

std::string prefix(std::span<const std::string> places, std::size_t index) {
    return index < places.size() ? places[index] + ": " : std::string();
}

}  // namespace

std::string_view layer_name(const Layer& layer) {
    return names[layer.index()];
}

std::string format_shape(std::span<const std::int64_t> shape) {
    return fmt::format("{}", fmt::join(shape, " x "));
}

Result<std::vector<Shape>> infer_shapes(std::span<const Layer> layers, const Shape& input,
                                        std::span<const std::string> places) {
    std::vector<Shape> shapes{input};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string which =
            prefix(places, i) + fmt::format("layer {} ({})", i + 1, layer_name(layers[i]));
        auto output = std::visit([&](const auto& layer) { return output_of(layer, shapes.back()); },
                                 layers[i]);
        if (!output) {
            const std::string sender =
                i == 0 ? std::string("the data")
                       : fmt::format("layer {} ({})", i, layer_name(layers[i - 1]));
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: {} from {}", which, output.error().message, sender),
                           output.error().hint);
        }
        const std::int64_t weights = std::visit(
            [&](const auto& layer) { return parameters_of(layer, shapes.back()); }, layers[i]);
        if (element_count(*output) > element_limit || weights > element_limit) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: its output {} or its {} weights are too many", which,
                                       format_shape(*output), weights),
                           "make it smaller");
        }
        shapes.push_back(std::move(*output));
    }
    return shapes;
}

Result<std::vector<Shape>> check_classifier(std::span<const Layer> layers, const Shape& input,
                                            std::int64_t classes,
                                            std::span<const std::string> places) {
    TRILBY_TRY(shapes, infer_shapes(layers, input, places));
    if (shapes.back() != Shape{classes}) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}the network ends with {}, expected {}, one number per class",
                        prefix(places, places.size() - 1), format_shape(shapes.back()), classes),
            fmt::format("end it with {{ layer = \"linear\", features = {} }}", classes));
    }
    return shapes;
}

std::int64_t count_parameters(std::span<const Layer> layers, std::span<const Shape> shapes) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        total += std::visit([&](const auto& layer) { return parameters_of(layer, shapes[i]); },
                            layers[i]);
    }
    return total;
}

}  // namespace trilby::train
