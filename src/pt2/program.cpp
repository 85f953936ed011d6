// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/program.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

namespace trilby::pt2 {
namespace {

/// Adds a value of the graph whose type is known.
void add_value(std::vector<UserValue>& values, const Program& program, const std::string& name) {
    const auto meta = program.graph.tensors.find(name);
    if (meta != program.graph.tensors.end()) {
        values.push_back({name, meta->second});
    }
}

}  // namespace

std::string name_in(const Argument& argument) {
    const auto* value = std::get_if<Value>(&argument.content);
    return value == nullptr ? std::string() : value->name;
}

std::vector<UserValue> user_inputs(const Program& program) {
    std::vector<UserValue> values;
    for (const InputSpec& input : program.inputs) {
        if (input.kind == InputSpec::Kind::user) {
            add_value(values, program, input.name);
        }
    }
    return values;
}

std::vector<UserValue> user_outputs(const Program& program) {
    std::vector<UserValue> values;
    for (std::size_t i = 0; i < program.outputs.size(); ++i) {
        if (program.outputs[i].kind == OutputSpec::Kind::user) {
            add_value(values, program, name_in(program.graph.outputs[i]));
        }
    }
    return values;
}

const StoredTensor* find_tensor(const Program& program, std::string_view name) {
    const auto found = std::ranges::lower_bound(program.tensors, name, {}, &StoredTensor::name);
    return found != program.tensors.end() && found->name == name ? &*found : nullptr;
}

bool is_tied(const Program& program, std::string_view name) {
    const StoredTensor* tensor = find_tensor(program, name);
    return tensor == nullptr ||
           std::ranges::count(program.tensors, tensor->entry, &StoredTensor::entry) != 1;
}

std::string sizes_in_words(const TensorMeta& tensor) {
    std::vector<std::string> sizes;
    std::ranges::transform(tensor.sizes, std::back_inserter(sizes), [](const Size& size) {
        return size.number ? std::to_string(*size.number) : "any";
    });
    return fmt::format("{}", fmt::join(sizes, " x "));
}

}  // namespace trilby::pt2
