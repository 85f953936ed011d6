// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>

#include "onnx/operators/padding.hpp"
#include "onnx/operators/rules.hpp"

namespace trilby::onnx::layers {
namespace {

std::vector<std::string> inputs_of(Call& call) {
    std::vector<std::string> inputs{call.tensor("input"), call.tensor("weight")};
    if (call.has("bias")) {
        inputs.push_back(call.tensor("bias"));
    }
    return inputs;
}

std::string plus(Call& call, const std::string& value, std::string_view bias) {
    return call.has(bias) ? call.graph.node("Add", {value, call.tensor(bias)}) : value;
}

/// x W^T + b
void linear(Call& call) {
    if (call.rank_of("weight") != 2) {
        Call::refuse("'weight' is not a matrix");
    }
    if (call.rank_of("input") == 2) {
        call.gives(call.graph.node("Gemm", inputs_of(call), {{"transB", std::int64_t{1}}}));
        return;
    }
    const std::string transposed = call.graph.node("Transpose", {call.tensor("weight")},
                                                   {{"perm", std::vector<std::int64_t>{1, 0}}});
    call.gives(plus(call, call.graph.node("MatMul", {call.tensor("input"), transposed}), "bias"));
}

/// beta * self + alpha * mat1 mat2
void add_product(Call& call) {
    call.gives(call.graph.node(
        "Gemm", {call.tensor("mat1"), call.tensor("mat2"), call.tensor("self")},
        {{"alpha", call.number("alpha", 1.0)}, {"beta", call.number("beta", 1.0)}}));
}

void product(Call& call) {
    const char* other = call.has("mat2") ? "mat2" : call.has("vec") ? "vec" : "other";
    call.gives(call.graph.node("MatMul", {call.tensor("self"), call.tensor(other)}));
}

/// self + batch1 batch2
void add_batch_product(Call& call) {
    if (call.number("alpha", 1.0) != 1.0 || call.number("beta", 1.0) != 1.0) {
        Call::refuse("'alpha' or 'beta' is not 1");
    }
    const std::string product =
        call.graph.node("MatMul", {call.tensor("batch1"), call.tensor("batch2")});
    call.gives(call.graph.node("Add", {call.tensor("self"), product}));
}

struct Window {
    std::size_t axes = 0;
    Attributes attributes;
};

/// "same", or none. What is uneven is at the end.
std::vector<std::int64_t> named_padding(Call& call, bool is_same, std::size_t axes) {
    std::vector<std::int64_t> padding(2 * axes, 0);
    const std::vector<std::int64_t> dilation = call.integers("dilation", axes, 1);
    for (std::size_t i = 0; is_same && i < axes; ++i) {
        const std::int64_t kernel = call.extent("weight", static_cast<std::int64_t>(i) + 2);
        std::int64_t total = 0;
        if (__builtin_mul_overflow(dilation[i], kernel - 1, &total) || total < 0) {
            Call::refuse("a size is too large");
        }
        padding[i] = total / 2;
        padding[axes + i] = total - total / 2;
    }
    return padding;
}

Window window_of(Call& call) {
    const std::int64_t rank = call.rank_of("weight");
    if (rank < 3 || call.rank_of("input") != rank) {
        Call::refuse("its input is not a batch");
    }
    const auto axes = static_cast<std::size_t>(rank - 2);
    Window window{axes,
                  {{"strides", call.integers("stride", axes, 1)},
                   {"dilations", call.integers("dilation", axes, 1)},
                   {"group", call.integer("groups", 1)}}};
    const std::string named = call.text("padding", "");
    if (named.empty()) {
        window.attributes.push_back({"pads", both_ends(call.integers("padding", axes, 0))});
    } else {
        window.attributes.push_back({"pads", named_padding(call, named == "same", axes)});
    }
    return window;
}

void transposed_convolution(Call& call) {
    Window window = window_of(call);
    window.attributes.push_back(
        {"output_padding", call.integers("output_padding", window.axes, 0)});
    call.gives(call.graph.node("ConvTranspose", inputs_of(call), window.attributes));
}

void convolution(Call& call) {
    if (call.flag("transposed", false)) {
        transposed_convolution(call);
        return;
    }
    call.gives(call.graph.node("Conv", inputs_of(call), window_of(call).attributes));
}

/// g * v / |v|, with a norm for each slice along `dim`, or of all for -1.
void weight_norm(Call& call) {
    const std::int64_t dim = call.integer("dim", 0);
    if (call.rank_of("v") < 2 || dim < -1 || dim >= call.rank_of("v")) {
        Call::refuse("its weight has one axis, or lacks 'dim'");
    }
    std::vector<std::int64_t> others;
    for (std::int64_t axis = 0; axis < call.rank_of("v"); ++axis) {
        if (axis != dim) {
            others.push_back(axis);
        }
    }
    const std::string v = call.tensor("v");
    const std::string norm = call.graph.node("ReduceL2", {v}, {{"axes", others}});
    const std::string direction = call.graph.node("Div", {v, norm});
    call.gives(call.graph.node("Mul", {call.tensor("g"), direction}));
}

void einsum(Call& call) {
    call.gives(call.graph.node("Einsum", call.tensors("tensors"),
                               {{"equation", call.text("equation", "")}}));
}

/// Dropouts drop nothing in evaluation.
void dropout(Call& call) {
    call.gives(call.tensor(call.has("input") ? "input" : "self"));
}

constexpr std::array all{
    OperatorRule{"linear", linear},
    OperatorRule{"addmm", add_product},
    OperatorRule{"mm", product},
    OperatorRule{"bmm", product},
    OperatorRule{"mv", product},
    OperatorRule{"matmul", product},
    OperatorRule{"baddbmm", add_batch_product},
    OperatorRule{"conv1d", convolution},
    OperatorRule{"conv2d", convolution},
    OperatorRule{"conv3d", convolution},
    OperatorRule{"convolution", convolution},
    OperatorRule{"conv_transpose1d", transposed_convolution},
    OperatorRule{"conv_transpose2d", transposed_convolution},
    OperatorRule{"conv_transpose3d", transposed_convolution},
    OperatorRule{"_weight_norm", weight_norm},
    OperatorRule{"_weight_norm_interface", weight_norm},
    OperatorRule{"einsum", einsum},
    OperatorRule{"dropout", dropout},
    OperatorRule{"native_dropout", dropout},
    OperatorRule{"feature_dropout", dropout},
    OperatorRule{"alpha_dropout", dropout},
    OperatorRule{"feature_alpha_dropout", dropout},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::layers
