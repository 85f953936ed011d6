// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/layers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <numeric>

namespace trilby::train {
namespace {

bool is_image(const Shape& shape) {
    return shape.size() == 3;
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

Result<Shape> output_of(const Residual&, const Shape& input) {
    if (!is_image(input)) {
        return not_an_image(input);
    }
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

std::int64_t parameters_of(const Residual&, const Shape& input) {
    const Conv2d conv{.channels = input[0], .kernel = 3, .bias = false};
    return 2 * (parameters_of(conv, input) + parameters_of(BatchNorm{}, input));
}

std::int64_t parameters_of(const Linear& linear, const Shape& input) {
    return linear.features * (input[0] + (linear.bias ? 1 : 0));
}

}  // namespace

std::string_view layer_name(const Layer& layer) {
    return std::visit([](const auto& one) { return one.name; }, layer);
}

std::string format_shape(std::span<const std::int64_t> shape) {
    return fmt::format("{}", fmt::join(shape, " x "));
}

std::int64_t element_count(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies{});
}

Result<Shape> output_shape(const Layer& layer, const Shape& input) {
    return std::visit([&](const auto& one) { return output_of(one, input); }, layer);
}

std::int64_t parameter_count(const Layer& layer, const Shape& input) {
    return std::visit([&](const auto& one) { return parameters_of(one, input); }, layer);
}

}  // namespace trilby::train
