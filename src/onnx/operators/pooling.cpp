// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstddef>

#include "onnx/operators/padding.hpp"
#include "onnx/operators/rules.hpp"

namespace trilby::onnx::pooling {
namespace {

using Shape = std::vector<std::int64_t>;

/// Axes after batch and channels.
std::size_t pooled_axes(Call& call) {
    const std::int64_t rank = call.rank_of("self");
    if (rank < 3) {
        Call::refuse("its input is not a batch");
    }
    return static_cast<std::size_t>(rank - 2);
}

Attributes window_of(Call& call, std::size_t axes) {
    const Shape kernel = call.integers("kernel_size", axes, 1);
    const bool has_stride = call.has("stride") && !call.integers("stride").empty();
    return {{"kernel_shape", kernel},
            {"strides", has_stride ? call.integers("stride", axes, 1) : kernel},
            {"pads", both_ends(call.integers("padding", axes, 0))}};
}

void largest(Call& call) {
    const std::size_t axes = pooled_axes(call);
    Attributes attributes = window_of(call, axes);
    attributes.push_back({"dilations", call.integers("dilation", axes, 1)});
    attributes.push_back({"ceil_mode", std::int64_t{call.flag("ceil_mode", false)}});
    call.gives(call.graph.node("MaxPool", {call.tensor("self")}, attributes));
}

void average(Call& call) {
    if (call.flag("ceil_mode", false) || call.has("divisor_override")) {
        Call::refuse("'ceil_mode' or 'divisor_override' is given");
    }
    Attributes attributes = window_of(call, pooled_axes(call));
    attributes.push_back({"count_include_pad", std::int64_t{call.flag("count_include_pad", true)}});
    call.gives(call.graph.node("AveragePool", {call.tensor("self")}, attributes));
}

/// Windows of one size, where the output divides the input.
Attributes equal_windows(Call& call, const Shape& output) {
    Shape kernel;
    for (std::size_t i = 0; i < output.size(); ++i) {
        const std::int64_t input = call.extent("self", static_cast<std::int64_t>(i) + 2);
        if (output[i] <= 0 || input % output[i] != 0) {
            Call::refuse("its windows have several sizes");
        }
        kernel.push_back(input / output[i]);
    }
    return {{"kernel_shape", kernel}, {"strides", kernel}};
}

void adaptive(Call& call, const char* op_type, const char* global_op_type) {
    const Shape output = call.integers("output_size", pooled_axes(call), 1);
    const bool is_global = std::ranges::all_of(output, [](std::int64_t size) { return size == 1; });
    const std::string input = call.tensor("self");
    call.gives(is_global ? call.graph.node(global_op_type, {input})
                         : call.graph.node(op_type, {input}, equal_windows(call, output)));
}

void adaptive_average(Call& call) {
    adaptive(call, "AveragePool", "GlobalAveragePool");
}

void adaptive_largest(Call& call) {
    adaptive(call, "MaxPool", "GlobalMaxPool");
}

constexpr std::array all{
    OperatorRule{"max_pool1d", largest},
    OperatorRule{"max_pool2d", largest},
    OperatorRule{"max_pool3d", largest},
    OperatorRule{"max_pool2d_with_indices", largest},
    OperatorRule{"avg_pool1d", average},
    OperatorRule{"avg_pool2d", average},
    OperatorRule{"avg_pool3d", average},
    OperatorRule{"adaptive_avg_pool1d", adaptive_average},
    OperatorRule{"adaptive_avg_pool2d", adaptive_average},
    OperatorRule{"adaptive_avg_pool3d", adaptive_average},
    OperatorRule{"_adaptive_avg_pool2d", adaptive_average},
    OperatorRule{"_adaptive_avg_pool3d", adaptive_average},
    OperatorRule{"adaptive_max_pool1d", adaptive_largest},
    OperatorRule{"adaptive_max_pool2d", adaptive_largest},
    OperatorRule{"adaptive_max_pool3d", adaptive_largest},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::pooling
