// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A network as data: its layers, and the shapes between them.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

struct Conv2d {
    std::int64_t channels = 0;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    bool bias = true;
    bool operator==(const Conv2d&) const = default;
};
struct BatchNorm {
    bool operator==(const BatchNorm&) const = default;
};
struct Relu {
    bool operator==(const Relu&) const = default;
};
struct MaxPool2d {
    std::int64_t kernel = 2;
    bool operator==(const MaxPool2d&) const = default;
};
struct GlobalAveragePool {
    bool operator==(const GlobalAveragePool&) const = default;
};
struct Dropout {
    double probability = 0.5;
    bool operator==(const Dropout&) const = default;
};
struct Flatten {
    bool operator==(const Flatten&) const = default;
};
struct Linear {
    std::int64_t features = 0;
    bool bias = true;
    bool operator==(const Linear&) const = default;
};

using Layer =
    std::variant<Conv2d, BatchNorm, Relu, MaxPool2d, GlobalAveragePool, Dropout, Flatten, Linear>;

/// The word for a layer in a recipe: "conv2d", "batch_norm", ...
[[nodiscard]] std::string_view layer_name(const Layer& layer);

/// The shape of one example: {channels, height, width} or {features}.
using Shape = std::vector<std::int64_t>;

/// "64 x 7 x 7"
[[nodiscard]] std::string format_shape(std::span<const std::int64_t> shape);

/// The network's input and the output of every layer: one shape more than layers. A layer that does
/// not accept its input is ErrorCode::bad_data. `places` has the position of each layer in its
/// file, for errors; it may be empty.
[[nodiscard]] Result<std::vector<Shape>> infer_shapes(std::span<const Layer> layers,
                                                      const Shape& input,
                                                      std::span<const std::string> places = {});

/// Also checks that the network ends in one number per class.
[[nodiscard]] Result<std::vector<Shape>> check_classifier(std::span<const Layer> layers,
                                                          const Shape& input, std::int64_t classes,
                                                          std::span<const std::string> places = {});

/// The number of trainable parameters; `shapes` is from infer_shapes().
[[nodiscard]] std::int64_t count_parameters(std::span<const Layer> layers,
                                            std::span<const Shape> shapes);

}  // namespace trilby::train
