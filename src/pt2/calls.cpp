// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/calls.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <variant>

#include "base/text.hpp"

namespace trilby::pt2 {
namespace {

constexpr std::string_view aten = "torch.ops.aten.";

constexpr std::array<std::string_view, 5> assertions{
    "torch.ops.aten._assert_async.msg", "torch.ops.aten._assert_scalar.default",
    "torch.ops.aten._assert_tensor_metadata.default", "torch.ops.aten.sym_constrain_range.default",
    "torch.ops.aten.sym_constrain_range_for_size.default"};

}  // namespace

OperatorName operator_name(const Node& node) {
    std::string_view name = node.target;
    if (!name.starts_with(aten)) {
        return {name};
    }
    name.remove_prefix(aten.size());
    name = name.substr(0, name.rfind('.'));
    const bool changes = name.ends_with('_') && !name.starts_with("__") && !node.inputs.empty();
    name.remove_suffix(changes ? 1 : 0);
    return {name, changes};
}

bool is_assertion(const Node& node) {
    return std::ranges::find(assertions, node.target) != assertions.end();
}

std::optional<GradientRegion> gradient_region_of(const Node& node) {
    constexpr std::size_t flag_and_graph = 2;
    if (node.target != "torch.ops.higher_order.wrap_with_set_grad_enabled" ||
        node.inputs.size() < flag_and_graph) {
        return std::nullopt;
    }
    const auto* flag = std::get_if<bool>(&node.inputs[0].argument.content);
    const auto* body = std::get_if<std::shared_ptr<const Graph>>(&node.inputs[1].argument.content);
    if (flag == nullptr || body == nullptr ||
        (*body)->inputs.size() != node.inputs.size() - flag_and_graph) {
        return std::nullopt;
    }
    return GradientRegion{*flag, *body, flag_and_graph};
}

std::string description_of(const Node& node) {
    constexpr std::string_view prefix = "torch.ops.";
    std::string_view target = node.target;
    target.remove_prefix(target.starts_with(prefix) ? prefix.size() : 0);
    return node.module.empty()
               ? printable(target, 100)
               : fmt::format("{} in layer '{}'", printable(target, 100), node.module);
}

}  // namespace trilby::pt2
