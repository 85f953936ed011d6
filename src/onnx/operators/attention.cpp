// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cmath>
#include <limits>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::attention {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

std::string with_last_axes_exchanged(Call& call, std::string_view name) {
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = 0; axis < call.rank_of(name); ++axis) {
        axes.push_back(axis);
    }
    if (axes.size() < 2) {
        Call::refuse("its tensors have fewer than two axes");
    }
    std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
    return call.graph.node("Transpose", {call.tensor(name)}, {{"perm", axes}});
}

std::string numbers_below(Call& call, std::int64_t count) {
    const auto scalar = [&](std::int64_t value) {
        return call.graph.scalar(DataType::int64, value);
    };
    return call.graph.node("Range", {scalar(0), scalar(count), scalar(1)});
}

/// True where a query may see a key: not after its own place.
std::string causal_mask(Call& call) {
    const std::int64_t queries = call.extent("query", call.rank_of("query") - 2);
    const std::int64_t keys = call.extent("key", call.rank_of("key") - 2);
    const std::string places =
        call.graph.node("Unsqueeze", {numbers_below(call, queries), call.graph.integers({1})});
    return call.graph.node("GreaterOrEqual", {places, numbers_below(call, keys)});
}

std::string masked(Call& call, const std::string& scores) {
    const DataType type = call.result_type();
    const bool is_causal = call.flag("is_causal", false);
    if (!is_causal && !call.has("attn_mask")) {
        return scores;
    }
    if (!is_causal && call.type_of("attn_mask") != DataType::boolean) {
        return call.graph.node("Add", {scores, call.as("attn_mask", type)});
    }
    const std::string mask = is_causal ? causal_mask(call) : call.tensor("attn_mask");
    return call.graph.node("Where", {mask, scores, call.graph.scalar(type, minus_infinity)});
}

/// A query that sees no key gets zeros.
std::string with_zeros(Call& call, const std::string& scores, const std::string& weights) {
    if (!call.has("attn_mask")) {
        return weights;
    }
    const DataType type = call.result_type();
    const std::string best =
        call.graph.node("ReduceMax", {scores},
                        {{"axes", std::vector<std::int64_t>{-1}}, {"keepdims", std::int64_t{1}}});
    const std::string sees_nothing =
        call.graph.node("Equal", {best, call.graph.scalar(type, minus_infinity)});
    return call.graph.node("Where", {sees_nothing, call.graph.scalar(type, 0.0), weights});
}

/// softmax(scale * Q K^T + mask) V
void attention(Call& call) {
    if (call.flag("enable_gqa", false)) {
        Call::refuse("its queries share keys");
    }
    const DataType type = call.result_type();
    const double width = static_cast<double>(call.extent("query", call.rank_of("query") - 1));
    const double scale = call.number("scale", 1.0 / std::sqrt(width));
    const std::string query =
        call.graph.node("Mul", {call.tensor("query"), call.graph.scalar(type, scale)});
    const std::string scores =
        masked(call, call.graph.node("MatMul", {query, with_last_axes_exchanged(call, "key")}));
    const std::string weights = call.graph.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
    call.gives(
        call.graph.node("MatMul", {with_zeros(call, scores, weights), call.tensor("value")}));
}

constexpr std::array all{
    OperatorRule{"scaled_dot_product_attention", attention},
    OperatorRule{"_scaled_dot_product_flash_attention_for_cpu", attention},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::attention
