// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The layers of a network as data. A layer has its name in recipes, its keys with their limits,
/// the shape of its output and the number of its parameters; src/backends/torch/images/network.cpp
/// has its module.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

inline constexpr std::int64_t width_limit = 65'536;

// visit_keys() calls keys.required(name, member, minimum, maximum) or keys.optional(...), whose
// default is the member's, for every key in the order in which recipes are written.

struct Conv2d {
    static constexpr std::string_view name = "conv2d";
    std::int64_t channels = 0;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    bool bias = true;
    bool operator==(const Conv2d&) const = default;

    static void visit_keys(auto& layer, auto& keys) {
        keys.required("channels", layer.channels, 1, width_limit);
        keys.optional("kernel", layer.kernel, 1, 1024);
        keys.optional("stride", layer.stride, 1, 1024);
        keys.optional("padding", layer.padding, 0, 1024);
        keys.optional("bias", layer.bias);
    }
};

struct BatchNorm {
    static constexpr std::string_view name = "batch_norm";
    bool operator==(const BatchNorm&) const = default;
    static void visit_keys(auto& /*layer*/, auto& /*keys*/) {}
};

struct Relu {
    static constexpr std::string_view name = "relu";
    bool operator==(const Relu&) const = default;
    static void visit_keys(auto& /*layer*/, auto& /*keys*/) {}
};

/// Adds to its input what two convolutions make of it: relu(x + b(c(relu(b(c(x)))))), where c is a
/// convolution of 3 x 3 that keeps the shape and b a batch norm.
struct Residual {
    static constexpr std::string_view name = "residual";
    bool operator==(const Residual&) const = default;
    static void visit_keys(auto& /*layer*/, auto& /*keys*/) {}
};

struct MaxPool2d {
    static constexpr std::string_view name = "max_pool2d";
    std::int64_t kernel = 2;
    bool operator==(const MaxPool2d&) const = default;
    static void visit_keys(auto& layer, auto& keys) {
        keys.optional("kernel", layer.kernel, 2, 1024);
    }
};

struct GlobalAveragePool {
    static constexpr std::string_view name = "global_average_pool";
    bool operator==(const GlobalAveragePool&) const = default;
    static void visit_keys(auto& /*layer*/, auto& /*keys*/) {}
};

struct Dropout {
    static constexpr std::string_view name = "dropout";
    double probability = 0.5;
    bool operator==(const Dropout&) const = default;
    static void visit_keys(auto& layer, auto& keys) {
        keys.required("probability", layer.probability, 0.0, 0.99);
    }
};

struct Flatten {
    static constexpr std::string_view name = "flatten";
    bool operator==(const Flatten&) const = default;
    static void visit_keys(auto& /*layer*/, auto& /*keys*/) {}
};

struct Linear {
    static constexpr std::string_view name = "linear";
    std::int64_t features = 0;
    bool bias = true;
    bool operator==(const Linear&) const = default;

    static void visit_keys(auto& layer, auto& keys) {
        keys.required("features", layer.features, 1, width_limit);
        keys.optional("bias", layer.bias);
    }
};

using Layer = std::variant<Conv2d, BatchNorm, Relu, Residual, MaxPool2d, GlobalAveragePool, Dropout,
                           Flatten, Linear>;

/// The name of a layer in a recipe: "conv2d", "batch_norm", ...
[[nodiscard]] std::string_view layer_name(const Layer& layer);

/// The shape of one example: {channels, height, width} or {features}.
using Shape = std::vector<std::int64_t>;

/// "64 x 7 x 7"
[[nodiscard]] std::string format_shape(std::span<const std::int64_t> shape);

[[nodiscard]] std::int64_t element_count(const Shape& shape);

/// A layer that does not accept its input is ErrorCode::bad_data; the message does not name it.
[[nodiscard]] Result<Shape> output_shape(const Layer& layer, const Shape& input);

/// The number of trainable parameters.
[[nodiscard]] std::int64_t parameter_count(const Layer& layer, const Shape& input);

}  // namespace trilby::train
