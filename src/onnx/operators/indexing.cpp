// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <optional>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::indexing {
namespace {

void select(Call& call) {
    const std::string index = call.graph.scalar(DataType::int64, call.integer("index"));
    call.gives(call.graph.node("Gather", {call.tensor("self"), index},
                               {{"axis", call.axis("dim", "self")}}));
}

void index_select(Call& call) {
    call.gives(call.graph.node("Gather", {call.tensor("self"), call.tensor("index")},
                               {{"axis", call.axis("dim", "self")}}));
}

void gather(Call& call) {
    call.gives(call.graph.node("GatherElements", {call.tensor("self"), call.tensor("index")},
                               {{"axis", call.axis("dim", "self")}}));
}

void embedding(Call& call) {
    call.gives(call.graph.node("Gather", {call.tensor("weight"), call.tensor("indices")}));
}

/// Indexing by a single tensor of numbers.
void index(Call& call) {
    std::optional<std::string> chosen;
    std::int64_t axis = 0;
    const auto indices = call.tensors_or_none("indices");
    for (std::size_t i = 0; i < indices.size(); ++i) {
        if (!indices[i]) {
            continue;
        }
        if (chosen || data_type_of(call.meta_in("indices", i).dtype) == DataType::boolean) {
            Call::refuse("it chooses along several axes or by a mask");
        }
        chosen = indices[i];
        axis = static_cast<std::int64_t>(i);
    }
    if (!chosen) {
        Call::refuse("it chooses nothing");
    }
    call.gives(call.graph.node("Gather", {call.tensor("self"), *chosen}, {{"axis", axis}}));
}

void where(Call& call) {
    const DataType type = call.result_type();
    call.gives(call.graph.node(
        "Where", {call.tensor("condition"), call.as("self", type), call.as("other", type)}));
}

void masked_fill(Call& call) {
    const DataType type = call.result_type();
    call.gives(call.graph.node(
        "Where", {call.tensor("mask"), call.as("value", type), call.as("self", type)}));
}

void triangle(Call& call, std::int64_t is_upper) {
    const std::string diagonal = call.graph.scalar(DataType::int64, call.integer("diagonal", 0));
    call.gives(call.graph.node("Trilu", {call.tensor("self"), diagonal}, {{"upper", is_upper}}));
}

void lower_triangle(Call& call) {
    triangle(call, 0);
}

void upper_triangle(Call& call) {
    triangle(call, 1);
}

constexpr std::array all{
    OperatorRule{"select", select},
    OperatorRule{"index_select", index_select},
    OperatorRule{"gather", gather},
    OperatorRule{"embedding", embedding},
    OperatorRule{"index", index},
    OperatorRule{"where", where},
    OperatorRule{"masked_fill", masked_fill},
    OperatorRule{"tril", lower_triangle},
    OperatorRule{"triu", upper_triangle},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::indexing
