// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::reductions {
namespace {

using Axes = std::vector<std::int64_t>;

/// None: all.
Axes axes_of(Call& call) {
    return call.has("dim") ? call.integers("dim") : Axes();
}

std::int64_t keeps_axes(Call& call) {
    return std::int64_t{call.flag("keepdim", false)};
}

/// The axes are an attribute of all but ReduceSum in this opset.
std::string reduced(Call& call, const char* op_type, const std::string& value, const Axes& axes,
                    std::int64_t keeps) {
    Attributes attributes{{"keepdims", keeps}};
    if (!axes.empty()) {
        attributes.push_back({"axes", axes});
    }
    return call.graph.node(op_type, {value}, attributes);
}

void reduce(Call& call, const char* op_type) {
    call.gives(reduced(call, op_type, call.as("self", call.result_type()), axes_of(call),
                       keeps_axes(call)));
}

void mean(Call& call) {
    reduce(call, "ReduceMean");
}

void sum(Call& call) {
    std::vector<std::string> inputs{call.as("self", call.result_type())};
    if (const Axes axes = axes_of(call); !axes.empty()) {
        inputs.push_back(call.graph.integers(axes));
    }
    call.gives(call.graph.node("ReduceSum", inputs, {{"keepdims", keeps_axes(call)}}));
}

void product(Call& call) {
    reduce(call, "ReduceProd");
}

void log_of_sum(Call& call) {
    reduce(call, "ReduceLogSumExp");
}

void place_of_largest(Call& call, std::size_t result) {
    if (!call.has("dim")) {
        Call::refuse("it searches all axes");
    }
    call.gives(
        call.graph.node("ArgMax", {call.tensor("self")},
                        {{"axis", call.axis("dim", "self")}, {"keepdims", keeps_axes(call)}}),
        result);
}

void argmax(Call& call) {
    place_of_largest(call, 0);
}

void of_both(Call& call, const char* op_type) {
    const DataType type = call.result_type();
    call.gives(call.graph.node(op_type, {call.as("self", type), call.as("other", type)}));
}

/// The maximum of two tensors, of all elements, or along an axis with its places.
void largest(Call& call) {
    if (call.has("other")) {
        of_both(call, "Max");
        return;
    }
    reduce(call, "ReduceMax");
    if (call.count_results() > 1) {
        place_of_largest(call, 1);
    }
}

void smallest(Call& call) {
    if (call.has("other")) {
        of_both(call, "Min");
        return;
    }
    if (call.count_results() > 1) {
        Call::refuse("it gives the places of the smallest elements");
    }
    reduce(call, "ReduceMin");
}

void amax(Call& call) {
    reduce(call, "ReduceMax");
}

void amin(Call& call) {
    reduce(call, "ReduceMin");
}

void norm(Call& call) {
    const double order = call.number(call.has("ord") ? "ord" : "p", 2.0);
    if (order != 1.0 && order != 2.0) {
        Call::refuse("it is a norm of another order than 1 and 2");
    }
    reduce(call, order == 1.0 ? "ReduceL1" : "ReduceL2");
}

/// Elements that a variance is taken over.
std::int64_t count_reduced(Call& call, const Axes& axes) {
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < call.rank_of("self"); ++axis) {
        const bool is_reduced =
            axes.empty() || std::ranges::any_of(axes, [&](std::int64_t reduced) {
                return reduced == axis || reduced + call.rank_of("self") == axis;
            });
        if (is_reduced && __builtin_mul_overflow(count, call.extent("self", axis), &count)) {
            Call::refuse("a size is too large");
        }
    }
    return count;
}

std::string variance(Call& call) {
    const Axes axes = axes_of(call);
    const DataType type = call.type_of("self");
    const double correction =
        call.has("correction") ? call.number("correction", 1.0) : call.flag("unbiased", true);
    const std::string x = call.tensor("self");
    const std::string difference =
        call.graph.node("Sub", {x, reduced(call, "ReduceMean", x, axes, 1)});
    const std::string squared = call.graph.node("Mul", {difference, difference});
    const std::string mean = reduced(call, "ReduceMean", squared, axes, keeps_axes(call));
    if (correction == 0.0) {
        return mean;
    }
    const auto count = static_cast<double>(count_reduced(call, axes));
    return call.graph.node("Mul", {mean, call.graph.scalar(type, count / (count - correction))});
}

void var(Call& call) {
    call.gives(variance(call));
}

void standard_deviation(Call& call) {
    call.gives(call.graph.node("Sqrt", {variance(call)}));
}

void running_sum(Call& call) {
    const std::string axis = call.graph.scalar(DataType::int64, call.axis("dim", "self", 0));
    call.gives(call.graph.node("CumSum", {call.as("self", call.result_type()), axis}));
}

void top(Call& call) {
    call.gives_all(
        call.graph.nodes("TopK", {call.tensor("self"), call.graph.integers({call.integer("k")})}, 2,
                         {{"axis", call.axis("dim", "self", -1)},
                          {"largest", std::int64_t{call.flag("largest", true)}},
                          {"sorted", std::int64_t{call.flag("sorted", true)}}}));
}

constexpr std::array all{
    OperatorRule{"mean", mean},
    OperatorRule{"sum", sum},
    OperatorRule{"prod", product},
    OperatorRule{"logsumexp", log_of_sum},
    OperatorRule{"argmax", argmax},
    OperatorRule{"max", largest},
    OperatorRule{"min", smallest},
    OperatorRule{"amax", amax},
    OperatorRule{"amin", amin},
    OperatorRule{"linalg_vector_norm", norm},
    OperatorRule{"norm", norm},
    OperatorRule{"var", var},
    OperatorRule{"std", standard_deviation},
    OperatorRule{"cumsum", running_sum},
    OperatorRule{"topk", top},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::reductions
