// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <numbers>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::activations {
namespace {

void relu(Call& call) {
    call.gives(call.graph.node("Relu", {call.tensor("self")}));
}

void sigmoid(Call& call) {
    call.gives(call.graph.node("Sigmoid", {call.tensor("self")}));
}

void tanh(Call& call) {
    call.gives(call.graph.node("Tanh", {call.tensor("self")}));
}

void silu(Call& call) {
    const std::string x = call.tensor("self");
    call.gives(call.graph.node("Mul", {x, call.graph.node("Sigmoid", {x})}));
}

/// x / 2 * (1 + erf(x / sqrt 2)), or its approximation by tanh.
void gelu(Call& call) {
    GraphBuilder& graph = call.graph;
    const DataType type = call.type_of("self");
    const auto scalar = [&](double value) { return graph.scalar(type, value); };
    const std::string x = call.tensor("self");
    std::string inner;
    if (call.text("approximate", "none") == "tanh") {
        const std::string cube = graph.node("Mul", {graph.node("Mul", {x, x}), x});
        const std::string sum = graph.node("Add", {x, graph.node("Mul", {cube, scalar(0.044715)})});
        inner = graph.node(
            "Tanh",
            {graph.node("Mul", {sum, scalar(std::numbers::sqrt2 * std::numbers::inv_sqrtpi)})});
    } else {
        inner = graph.node("Erf", {graph.node("Mul", {x, scalar(std::numbers::sqrt2 / 2)})});
    }
    call.gives(graph.node(
        "Mul", {graph.node("Mul", {x, scalar(0.5)}), graph.node("Add", {inner, scalar(1.0)})}));
}

void leaky_relu(Call& call) {
    call.gives(call.graph.node("LeakyRelu", {call.tensor("self")},
                               {{"alpha", call.number("negative_slope", 0.01)}}));
}

void elu(Call& call) {
    if (call.number("scale", 1.0) != 1.0 || call.number("input_scale", 1.0) != 1.0) {
        Call::refuse("'scale' is not 1");
    }
    call.gives(
        call.graph.node("Elu", {call.tensor("self")}, {{"alpha", call.number("alpha", 1.0)}}));
}

void selu(Call& call) {
    call.gives(call.graph.node("Selu", {call.tensor("self")},
                               {{"alpha", 1.6732632423543772}, {"gamma", 1.0507009873554805}}));
}

void celu(Call& call) {
    call.gives(
        call.graph.node("Celu", {call.tensor("self")}, {{"alpha", call.number("alpha", 1.0)}}));
}

void hardsigmoid(Call& call) {
    call.gives(call.graph.node("HardSigmoid", {call.tensor("self")},
                               {{"alpha", 1.0 / 6.0}, {"beta", 0.5}}));
}

void hardswish(Call& call) {
    call.gives(call.graph.node("HardSwish", {call.tensor("self")}));
}

void clip(Call& call, double least, double most) {
    const DataType type = call.type_of("self");
    call.gives(call.graph.node("Clip", {call.tensor("self"), call.graph.scalar(type, least),
                                        call.graph.scalar(type, most)}));
}

void hardtanh(Call& call) {
    clip(call, call.number("min_val", -1.0), call.number("max_val", 1.0));
}

void relu6(Call& call) {
    clip(call, 0.0, 6.0);
}

void softplus(Call& call) {
    if (call.number("beta", 1.0) != 1.0 || call.number("threshold", 20.0) < 20.0) {
        Call::refuse("'beta' is not 1, or 'threshold' is less than 20");
    }
    call.gives(call.graph.node("Softplus", {call.tensor("self")}));
}

void mish(Call& call) {
    const std::string x = call.tensor("self");
    const std::string softened = call.graph.node("Tanh", {call.graph.node("Softplus", {x})});
    call.gives(call.graph.node("Mul", {x, softened}));
}

void log_sigmoid(Call& call) {
    const std::string opposite = call.graph.node("Neg", {call.tensor("self")});
    call.gives(call.graph.node("Neg", {call.graph.node("Softplus", {opposite})}));
}

/// One slope for each channel, which is axis 1.
void prelu(Call& call) {
    std::vector<std::int64_t> shape{call.extent("weight", 0)};
    shape.resize(static_cast<std::size_t>(std::max<std::int64_t>(call.rank_of("self") - 1, 1)), 1);
    const std::string slopes =
        call.graph.node("Reshape", {call.tensor("weight"), call.graph.integers(shape)});
    call.gives(call.graph.node("PRelu", {call.tensor("self"), slopes}));
}

void glu(Call& call) {
    const std::int64_t axis = call.axis("dim", "self", -1);
    const auto halves = call.graph.nodes("Split", {call.tensor("self")}, 2, {{"axis", axis}});
    call.gives(call.graph.node("Mul", {halves[0], call.graph.node("Sigmoid", {halves[1]})}));
}

void along_axis(Call& call, const char* op_type) {
    const std::string x = call.as("self", call.result_type());
    call.gives(call.graph.node(op_type, {x}, {{"axis", call.axis("dim", "self", -1)}}));
}

void softmax(Call& call) {
    along_axis(call, "Softmax");
}

void log_softmax(Call& call) {
    along_axis(call, "LogSoftmax");
}

constexpr std::array all{
    OperatorRule{"relu", relu},
    OperatorRule{"sigmoid", sigmoid},
    OperatorRule{"tanh", tanh},
    OperatorRule{"silu", silu},
    OperatorRule{"gelu", gelu},
    OperatorRule{"leaky_relu", leaky_relu},
    OperatorRule{"elu", elu},
    OperatorRule{"selu", selu},
    OperatorRule{"celu", celu},
    OperatorRule{"hardsigmoid", hardsigmoid},
    OperatorRule{"hardswish", hardswish},
    OperatorRule{"hardtanh", hardtanh},
    OperatorRule{"relu6", relu6},
    OperatorRule{"softplus", softplus},
    OperatorRule{"mish", mish},
    OperatorRule{"log_sigmoid", log_sigmoid},
    OperatorRule{"prelu", prelu},
    OperatorRule{"glu", glu},
    OperatorRule{"softmax", softmax},
    OperatorRule{"_softmax", softmax},
    OperatorRule{"log_softmax", log_softmax},
    OperatorRule{"_log_softmax", log_softmax},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::activations
