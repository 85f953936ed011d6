// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Tensors that are made of numbers.

#include <array>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::values {
namespace {

void fill(Call& call, const std::string& value, const std::string& shape) {
    call.gives(call.graph.node("Expand", {value, shape}));
}

void filled(Call& call, std::int64_t value) {
    fill(call, call.graph.scalar(call.result_type(), value), call.shape(call.sizes("size")));
}

void zeros(Call& call) {
    filled(call, 0);
}

void ones(Call& call) {
    filled(call, 1);
}

void full(Call& call) {
    fill(call, call.as("fill_value", call.result_type()), call.shape(call.sizes("size")));
}

void zeros_like(Call& call) {
    fill(call, call.graph.scalar(call.result_type(), std::int64_t{0}),
         call.shape_of(call.tensor("self")));
}

void ones_like(Call& call) {
    fill(call, call.graph.scalar(call.result_type(), std::int64_t{1}),
         call.shape_of(call.tensor("self")));
}

void full_like(Call& call) {
    fill(call, call.as("fill_value", call.result_type()), call.shape_of(call.tensor("self")));
}

void scalar(Call& call) {
    call.gives(call.as("s", call.result_type()));
}

/// One that the graph computes has one axis, which Range does not take.
std::string range_end(Call& call, std::string_view name, std::int64_t otherwise) {
    if (!call.has(name)) {
        return call.graph.scalar(DataType::int64, otherwise);
    }
    const Number number = call.size(name);
    const auto* known = std::get_if<std::int64_t>(&number);
    return known != nullptr ? call.graph.scalar(DataType::int64, *known)
                            : call.graph.node("Squeeze", {std::get<std::string>(number),
                                                          call.graph.integers({0})});
}

void arange(Call& call) {
    const std::string numbers = call.graph.node(
        "Range",
        {range_end(call, "start", 0), range_end(call, "end", 0), range_end(call, "step", 1)});
    call.gives(call.cast(numbers, DataType::int64, call.result_type()));
}

constexpr std::array all{
    OperatorRule{"zeros", zeros},
    OperatorRule{"new_zeros", zeros},
    OperatorRule{"ones", ones},
    OperatorRule{"new_ones", ones},
    OperatorRule{"full", full},
    OperatorRule{"new_full", full},
    OperatorRule{"zeros_like", zeros_like},
    OperatorRule{"ones_like", ones_like},
    OperatorRule{"full_like", full_like},
    OperatorRule{"scalar_tensor", scalar},
    OperatorRule{"arange", arange},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::values
