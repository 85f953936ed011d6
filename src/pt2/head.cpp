// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/head.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "pt2/calls.hpp"
#include "tensors/strided.hpp"

namespace trilby::pt2 {
namespace {

std::unexpected<Error> no_head(const std::string& why) {
    return failure(ErrorCode::bad_data,
                   fmt::format("the model cannot have a new last layer: {}", why),
                   "let its forward() end with a torch.nn.Linear");
}

/// The user's result; empty if there is none.
std::string result_of(const Program& program) {
    for (std::size_t i = 0; i < program.outputs.size() && i < program.graph.outputs.size(); ++i) {
        if (program.outputs[i].kind == OutputSpec::Kind::user) {
            return name_in(program.graph.outputs[i]);
        }
    }
    return {};
}

const Node* maker_of(const Graph& graph, const std::string& value) {
    const auto found = std::ranges::find_if(graph.nodes, [&](const Node& node) {
        return !value.empty() && node.outputs.size() == 1 &&
               node.outputs[0].names == std::vector{value};
    });
    return found == graph.nodes.end() ? nullptr : &*found;
}

/// The path of a parameter that a call is given; empty for anything else.
std::string parameter_of(const Program& program, const Node& node, std::string_view argument) {
    const auto input = std::ranges::find(node.inputs, argument, &NamedArgument::name);
    const std::string name = input == node.inputs.end() ? "" : name_in(input->argument);
    const auto spec = std::ranges::find(program.inputs, name, &InputSpec::name);
    return spec != program.inputs.end() && spec->kind == InputSpec::Kind::parameter ? spec->target
                                                                                    : "";
}

/// Whether a parameter is stored, and described in the graph, with `extents` extents.
bool has_extents(const Program& program, const std::string& parameter, std::size_t extents) {
    const StoredTensor* tensor = find_tensor(program, parameter);
    const auto spec = std::ranges::find(program.inputs, parameter, &InputSpec::target);
    const auto meta = spec == program.inputs.end() ? program.graph.tensors.end()
                                                   : program.graph.tensors.find(spec->name);
    return tensor != nullptr && tensor->sizes.size() == extents &&
           meta != program.graph.tensors.end() && meta->second.sizes.size() == extents;
}

bool is_used_elsewhere(const Program& program, const std::string& parameter, const Node& head) {
    const auto spec = std::ranges::find(program.inputs, parameter, &InputSpec::target);
    return std::ranges::any_of(program.graph.nodes, [&](const Node& node) {
        return &node != &head && std::ranges::any_of(node.inputs, [&](const NamedArgument& input) {
            return any_name_in(input.argument,
                               [&](const std::string& name) { return name == spec->name; });
        });
    });
}

void resize_rows(Program& program, const std::string& name, std::int64_t rows) {
    const auto tensor = std::ranges::find(program.tensors, name, &StoredTensor::name);
    if (tensor == program.tensors.end() || tensor->sizes.empty()) {
        return;
    }
    tensor->sizes[0] = rows;
    tensor->offset = 0;
    tensor->strides = tensors::contiguous_strides(tensor->sizes);
    const auto spec = std::ranges::find(program.inputs, name, &InputSpec::target);
    program.graph.tensors.at(spec->name).sizes.at(0) = {rows, {}};
}

}  // namespace

Result<Head> find_head(const Program& program) {
    Head head{.weight = {}, .bias = {}, .result = result_of(program)};
    const Node* node = maker_of(program.graph, head.result);
    if (node == nullptr || operator_name(*node).base != "linear") {
        return no_head(node == nullptr
                           ? std::string("its result is an input")
                           : fmt::format("its result comes from {}", description_of(*node)));
    }
    head.weight = parameter_of(program, *node, "weight");
    head.bias = parameter_of(program, *node, "bias");
    if (head.weight.empty()) {
        return no_head("the weight of its last layer is computed");
    }
    for (const std::string& name : {head.weight, head.bias}) {
        if (!name.empty() && (is_tied(program, name) || is_used_elsewhere(program, name, *node))) {
            return no_head(fmt::format("'{}' is used by another layer too", printable(name, 200)));
        }
    }
    if (!has_extents(program, head.weight, 2) || program.graph.tensors.count(head.result) == 0 ||
        program.graph.tensors.at(head.result).sizes.empty() ||
        (!head.bias.empty() && !has_extents(program, head.bias, 1))) {
        return no_head("the shapes of its last layer are not those of a linear layer");
    }
    return head;
}

void resize_head(Program& program, const Head& head, std::int64_t outputs) {
    resize_rows(program, head.weight, outputs);
    resize_rows(program, head.bias, outputs);
    program.graph.tensors.at(head.result).sizes.back() = {outputs, {}};
}

}  // namespace trilby::pt2
