// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::norms {
namespace {

using Shape = std::vector<std::int64_t>;

/// The parameter, or a tensor filled with `value` if it is not given.
std::string or_filled(Call& call, std::string_view name, const Shape& shape, double value) {
    return call.has(name) ? call.tensor(name)
                          : call.graph.filled(call.type_of("input"), shape, value);
}

Attributes epsilon(Call& call, double otherwise = 1e-5) {
    return {{"epsilon", call.number("eps", otherwise)}};
}

/// With the statistics of the training, also where the model was exported while it trained.
void batch_norm(Call& call) {
    if (!call.has("running_mean") || !call.has("running_var")) {
        Call::refuse("it uses the statistics of the batch");
    }
    const Shape channels{call.extent("input", 1)};
    call.gives(call.graph.node("BatchNormalization",
                               {call.tensor("input"), or_filled(call, "weight", channels, 1.0),
                                or_filled(call, "bias", channels, 0.0), call.tensor("running_mean"),
                                call.tensor("running_var")},
                               epsilon(call)));
}

/// Over each example and channel.
std::string normalized_apart(Call& call, const std::string& input, std::int64_t channels) {
    const DataType type = call.type_of("input");
    return call.graph.node(
        "InstanceNormalization",
        {input, call.graph.filled(type, {channels}, 1.0), call.graph.filled(type, {channels}, 0.0)},
        epsilon(call));
}

/// Times the weight and plus the bias of each channel, which is axis 1.
std::string scaled_by_channel(Call& call, std::string value) {
    if (call.rank_of("input") < 2) {
        Call::refuse("its input has no channels");
    }
    Shape shape{-1};
    shape.resize(static_cast<std::size_t>(call.rank_of("input") - 1), 1);
    const std::string by_channel = call.graph.integers(shape);
    if (call.has("weight")) {
        value = call.graph.node(
            "Mul", {value, call.graph.node("Reshape", {call.tensor("weight"), by_channel})});
    }
    if (call.has("bias")) {
        value = call.graph.node(
            "Add", {value, call.graph.node("Reshape", {call.tensor("bias"), by_channel})});
    }
    return value;
}

void instance_norm(Call& call) {
    if (call.has("running_mean")) {
        batch_norm(call);
        return;
    }
    const std::string value = normalized_apart(call, call.tensor("input"), call.extent("input", 1));
    call.gives(scaled_by_channel(call, value));
}

/// The groups become channels of their own.
void group_norm(Call& call) {
    const std::int64_t groups = call.integer(call.has("group") ? "group" : "num_groups");
    const std::string input = call.tensor("input");
    const std::string grouped =
        call.graph.node("Reshape", {input, call.graph.integers({0, groups, -1})});
    const std::string value =
        call.graph.node("Reshape", {normalized_apart(call, grouped, groups), call.shape_of(input)});
    call.gives(scaled_by_channel(call, value));
}

void layer_norm(Call& call) {
    const Shape shape = call.integers("normalized_shape");
    std::vector<std::string> inputs{call.tensor("input"), or_filled(call, "weight", shape, 1.0)};
    if (call.has("bias")) {
        inputs.push_back(call.tensor("bias"));
    }
    Attributes attributes = epsilon(call);
    attributes.push_back({"axis", -static_cast<std::int64_t>(shape.size())});
    call.gives(call.graph.node("LayerNormalization", inputs, attributes));
}

/// x / sqrt(mean(x^2) + eps)
void rms_norm(Call& call) {
    constexpr double float_epsilon = 1.1920928955078125e-07;
    Shape axes;
    for (std::size_t i = call.integers("normalized_shape").size(); i > 0; --i) {
        axes.push_back(-static_cast<std::int64_t>(i));
    }
    const DataType type = call.type_of("input");
    const std::string x = call.tensor("input");
    const std::string mean =
        call.graph.node("ReduceMean", {call.graph.node("Mul", {x, x})}, {{"axes", axes}});
    const std::string root = call.graph.node(
        "Sqrt", {call.graph.node(
                    "Add", {mean, call.graph.scalar(type, call.number("eps", float_epsilon))})});
    const std::string value = call.graph.node("Div", {x, root});
    call.gives(call.has("weight") ? call.graph.node("Mul", {value, call.tensor("weight")}) : value);
}

constexpr std::array all{
    OperatorRule{"batch_norm", batch_norm},
    OperatorRule{"native_batch_norm", batch_norm},
    OperatorRule{"_native_batch_norm_legit", batch_norm},
    OperatorRule{"_native_batch_norm_legit_functional", batch_norm},
    OperatorRule{"_native_batch_norm_legit_no_training", batch_norm},
    OperatorRule{"instance_norm", instance_norm},
    OperatorRule{"group_norm", group_norm},
    OperatorRule{"native_group_norm", group_norm},
    OperatorRule{"layer_norm", layer_norm},
    OperatorRule{"native_layer_norm", layer_norm},
    OperatorRule{"rms_norm", rms_norm},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::norms
