// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/network.hpp"

#include <fmt/format.h>
#include <numeric>
#include <utility>

#include "base/try.hpp"

namespace trilby::train {
namespace {

constexpr std::int64_t element_limit = std::int64_t{1} << 31;

std::string prefix(std::span<const std::string> places, std::size_t index) {
    return index < places.size() ? places[index] + ": " : std::string();
}

bool gives_negative_numbers(const Layer& layer, bool takes_negative_numbers) {
    if (std::holds_alternative<Relu>(layer) || std::holds_alternative<Residual>(layer)) {
        return false;
    }
    const bool has_weights = std::holds_alternative<Conv2d>(layer) ||
                             std::holds_alternative<BatchNorm>(layer) ||
                             std::holds_alternative<Linear>(layer);
    return has_weights || takes_negative_numbers;
}

void leave_out_repeated_relus(std::vector<std::size_t>& order, std::span<const Layer> layers) {
    std::vector<std::size_t> needed;
    bool has_negative_numbers = true;
    for (const std::size_t i : order) {
        if (has_negative_numbers || !std::holds_alternative<Relu>(layers[i])) {
            needed.push_back(i);
        }
        has_negative_numbers = gives_negative_numbers(layers[i], has_negative_numbers);
    }
    order = std::move(needed);
}

}  // namespace

Result<std::vector<Shape>> infer_shapes(std::span<const Layer> layers, const Shape& input,
                                        std::span<const std::string> places) {
    std::vector<Shape> shapes{input};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string which =
            prefix(places, i) + fmt::format("layer {} ({})", i + 1, layer_name(layers[i]));
        auto output = output_shape(layers[i], shapes.back());
        if (!output) {
            const std::string sender =
                i == 0 ? std::string("the data")
                       : fmt::format("layer {} ({})", i, layer_name(layers[i - 1]));
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: {} from {}", which, output.error().message, sender),
                           output.error().hint);
        }
        const std::int64_t weights = parameter_count(layers[i], shapes.back());
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

std::vector<std::size_t> execution_order(std::span<const Layer> layers) {
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = 0; i + 1 < layers.size(); ++i) {
        if (std::holds_alternative<Relu>(layers[i]) &&
            std::holds_alternative<MaxPool2d>(layers[i + 1])) {
            std::swap(order[i], order[i + 1]);
            ++i;
        }
    }
    leave_out_repeated_relus(order, layers);
    return order;
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
        total += parameter_count(layers[i], shapes[i]);
    }
    return total;
}

}  // namespace trilby::train
