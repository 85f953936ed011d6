// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/graph_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/json_access.hpp"

namespace trilby::pt2 {
namespace {

using json::array;
using json::object;
using json::value;

Result<Argument> read_argument(const value& argument, std::string_view where);

/// {"name": "linear"}
Result<Argument> read_name(const Tagged& from, std::string_view where) {
    TRILBY_TRY(named, object_of(*from.content, where));
    TRILBY_TRY(name, json::get_string(*named, "name", where));
    return Argument{Value{std::move(name)}};
}

Result<Argument> read_as_name(const Tagged& from, std::string_view where) {
    TRILBY_TRY(name, json::get_string(*from.object, from.tag, where));
    return Argument{Value{std::move(name)}};
}

Result<Argument> read_none(const Tagged&, std::string_view) {
    return Argument{Absent{}};
}

Result<Argument> read_integer(const Tagged& from, std::string_view where) {
    TRILBY_TRY(number, json::get_integer(*from.object, from.tag, where));
    return Argument{number};
}

Result<Argument> read_boolean(const Tagged& from, std::string_view where) {
    TRILBY_TRY(flag, json::get_boolean(*from.object, from.tag, where));
    return Argument{flag};
}

Result<Argument> read_text(const Tagged& from, std::string_view where) {
    TRILBY_TRY(text, json::get_string(*from.object, from.tag, where));
    return Argument{std::move(text)};
}

/// JSON has no infinity and no NaN: torch.export writes them as text.
Result<Argument> read_float(const Tagged& from, std::string_view where) {
    if (const auto* text = from.content->if_string()) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        return *text == "Infinity"    ? Argument{infinity}
               : *text == "-Infinity" ? Argument{-infinity}
               : *text == "NaN"       ? Argument{std::nan("")}
                                      : Result<Argument>(malformed(where, "not a number"));
    }
    TRILBY_TRY(number, json::get_number(*from.object, from.tag, where));
    return Argument{number};
}

Result<Argument> read_complex(const Tagged& from, std::string_view where) {
    TRILBY_TRY(parts, object_of(*from.content, where));
    TRILBY_TRY(real, json::get_number(*parts, "real", where));
    TRILBY_TRY(imaginary, json::get_number(*parts, "imag", where));
    return Argument{Complex{real, imaginary}};
}

bool is_known(std::int64_t type) {
    const auto is_between = [&](ScalarType first, ScalarType last) {
        return type >= static_cast<std::int64_t>(first) && type <= static_cast<std::int64_t>(last);
    };
    return is_between(ScalarType::byte, ScalarType::bfloat16) ||
           is_between(ScalarType::uint16, ScalarType::uint64);
}

Result<ScalarType> scalar_type(const object& from, std::string_view key, std::string_view where) {
    TRILBY_TRY(type, json::get_integer(from, key, where));
    if (!is_known(type)) {
        return malformed(where, fmt::format("{} is not the number of an element type", type));
    }
    return static_cast<ScalarType>(type);
}

Result<Argument> read_scalar_type(const Tagged& from, std::string_view where) {
    TRILBY_TRY(type, scalar_type(*from.object, from.tag, where));
    return Argument{type};
}

Result<Argument> read_memory_format(const Tagged& from, std::string_view where) {
    TRILBY_TRY(format, json::get_integer(*from.object, from.tag, where));
    if (format < static_cast<int>(MemoryFormat::contiguous) ||
        format > static_cast<int>(MemoryFormat::preserve)) {
        return malformed(where, fmt::format("{} is not the number of a memory format", format));
    }
    return Argument{static_cast<MemoryFormat>(format)};
}

Result<Argument> read_layout(const Tagged& from, std::string_view where) {
    constexpr std::int64_t strided = 7;
    TRILBY_TRY(layout, json::get_integer(*from.object, from.tag, where));
    return Argument{Layout{layout == strided}};
}

Result<Argument> read_device(const Tagged& from, std::string_view where) {
    TRILBY_TRY(device, object_of(*from.content, where));
    TRILBY_TRY(type, json::get_string(*device, "type", where));
    return Argument{Device{std::move(type)}};
}

Result<Argument> read_subgraph(const Tagged& from, std::string_view where) {
    TRILBY_TRY(named, object_of(*from.content, where));
    TRILBY_TRY(content, object_in(*named, "graph", where));
    TRILBY_TRY(graph, read_graph(*content, where));
    return Argument{std::make_shared<const Graph>(std::move(graph))};
}

/// A name or a constant: {"as_sym_int": {"as_int": 3}}
Result<Argument> read_inner(const Tagged& from, std::string_view where) {
    return read_argument(*from.content, where);
}

using ReadElement = Result<Argument> (*)(const Tagged& from, std::string_view where);

/// The elements of a list have no keys of their own, so each is given one.
Result<Argument> read_list(const Tagged& from, std::string_view where, ReadElement read_element) {
    const array* elements = from.content->if_array();
    if (elements == nullptr) {
        return malformed(where, fmt::format("key '{}' is not an array", from.tag));
    }
    Arguments list;
    for (const value& element : *elements) {
        const object single{{from.tag, element}};
        TRILBY_TRY(argument, read_element({from.tag, &single, &single.begin()->value()}, where));
        list.push_back(std::move(argument));
    }
    return Argument{std::move(list)};
}

template <ReadElement read_element>
Result<Argument> read_list_of(const Tagged& from, std::string_view where) {
    return read_list(from, where, read_element);
}

struct ArgumentKind {
    std::string_view tag;
    ReadElement read;
};

/// "as_string_to_argument", custom objects and operators as arguments are not supported.
constexpr std::array argument_kinds{
    ArgumentKind{"as_none", read_none},
    ArgumentKind{"as_name", read_as_name},
    ArgumentKind{"as_tensor", read_name},
    ArgumentKind{"as_tensors", read_list_of<read_name>},
    ArgumentKind{"as_optional_tensor", read_inner},
    ArgumentKind{"as_optional_tensors", read_list_of<read_inner>},
    ArgumentKind{"as_nested_tensors", read_list_of<read_list_of<read_name>>},
    ArgumentKind{"as_int", read_integer},
    ArgumentKind{"as_ints", read_list_of<read_integer>},
    ArgumentKind{"as_int_lists", read_list_of<read_list_of<read_integer>>},
    ArgumentKind{"as_sym_int", read_inner},
    ArgumentKind{"as_sym_ints", read_list_of<read_inner>},
    ArgumentKind{"as_float", read_float},
    ArgumentKind{"as_floats", read_list_of<read_float>},
    ArgumentKind{"as_float_lists", read_list_of<read_list_of<read_float>>},
    ArgumentKind{"as_sym_float", read_inner},
    ArgumentKind{"as_sym_floats", read_list_of<read_inner>},
    ArgumentKind{"as_bool", read_boolean},
    ArgumentKind{"as_bools", read_list_of<read_boolean>},
    ArgumentKind{"as_sym_bool", read_inner},
    ArgumentKind{"as_sym_bools", read_list_of<read_inner>},
    ArgumentKind{"as_complex", read_complex},
    ArgumentKind{"as_string", read_text},
    ArgumentKind{"as_strings", read_list_of<read_text>},
    ArgumentKind{"as_scalar_type", read_scalar_type},
    ArgumentKind{"as_memory_format", read_memory_format},
    ArgumentKind{"as_layout", read_layout},
    ArgumentKind{"as_device", read_device},
    ArgumentKind{"as_graph", read_subgraph},
};

Result<Argument> read_argument(const value& argument, std::string_view where) {
    TRILBY_TRY(from, tagged(argument, where));
    const auto* const kind = std::ranges::find(argument_kinds, from.tag, &ArgumentKind::tag);
    if (kind == argument_kinds.end()) {
        return malformed(where, fmt::format("an argument is '{}', which Trilby does not support",
                                            printable(from.tag, 100)));
    }
    return kind->read(from, where);
}

Result<Arguments> read_arguments(const array& from, std::string_view where) {
    Arguments arguments;
    for (const value& element : from) {
        TRILBY_TRY(argument, read_argument(element, where));
        arguments.push_back(std::move(argument));
    }
    return arguments;
}

Output output_of(const Argument& argument) {
    const Arguments* list = std::get_if<Arguments>(&argument.content);
    if (list == nullptr) {
        return {{name_in(argument)}, false};
    }
    Output output{{}, true};
    std::ranges::transform(*list, std::back_inserter(output.names), name_in);
    return output;
}

/// The last path in "L__self__,,Model;L__self__net.0,net.0,torch.nn.Linear".
std::string calling_module(const object& node) {
    const value* metadata = node.if_contains("metadata");
    const value* stack = metadata != nullptr && metadata->is_object()
                             ? metadata->get_object().if_contains("nn_module_stack")
                             : nullptr;
    if (stack == nullptr || !stack->is_string()) {
        return {};
    }
    std::string_view last = stack->get_string();
    last = last.substr(last.rfind(';') + 1);
    last = last.substr(std::min(last.size(), last.find(',') + 1));
    const std::string_view path = last.substr(0, last.find(','));
    // "_empty_nn_module_stack_from_metadata_hook" stands for none.
    return path.starts_with("_empty") ? std::string() : printable(path, 200);
}

Result<Node> read_node(const value& from, std::string_view graph) {
    TRILBY_TRY(members, object_of(from, graph));
    Node node;
    TRILBY_TRY(target, json::get_string(*members, "target", graph));
    node.target = std::move(target);
    const std::string where = fmt::format("{}: call of '{}'", graph, printable(node.target, 100));
    TRILBY_TRY(inputs, array_in(*members, "inputs", where));
    for (const value& element : *inputs) {
        TRILBY_TRY(input, object_of(element, where));
        TRILBY_TRY(name, json::get_string(*input, "name", where));
        const value* content = input->if_contains("arg");
        if (content == nullptr) {
            return malformed(where, fmt::format("input '{}' has no 'arg'", printable(name, 100)));
        }
        TRILBY_TRY(argument, read_argument(*content, where));
        node.inputs.push_back({std::move(name), std::move(argument)});
    }
    TRILBY_TRY(outputs, array_in(*members, "outputs", where));
    TRILBY_TRY(results, read_arguments(*outputs, where));
    std::ranges::transform(results, std::back_inserter(node.outputs), output_of);
    node.module = calling_module(*members);
    return node;
}

}  // namespace

Result<Size> read_size(const value& size, std::string_view where) {
    TRILBY_TRY(from, tagged(size, where));
    if (from.tag == "as_int") {
        TRILBY_TRY(number, json::get_integer(*from.object, from.tag, where));
        return Size{number, {}};
    }
    TRILBY_TRY(expression, object_of(*from.content, where));
    TRILBY_TRY(text, json::get_string(*expression, "expr_str", where));
    return Size{std::nullopt, std::move(text)};
}

Result<TensorMeta> read_tensor_meta(const object& meta, std::string_view where) {
    TensorMeta tensor;
    TRILBY_TRY(type, scalar_type(meta, "dtype", where));
    tensor.dtype = type;
    TRILBY_TRY(sizes, array_in(meta, "sizes", where));
    for (const value& element : *sizes) {
        TRILBY_TRY(size, read_size(element, where));
        tensor.sizes.push_back(std::move(size));
    }
    return tensor;
}

Result<Graph> read_graph(const object& from, std::string_view where) {
    Graph graph;
    TRILBY_TRY(inputs, array_in(from, "inputs", where));
    TRILBY_TRY(arguments, read_arguments(*inputs, where));
    std::ranges::transform(arguments, std::back_inserter(graph.inputs), name_in);
    TRILBY_TRY(nodes, array_in(from, "nodes", where));
    for (const value& element : *nodes) {
        TRILBY_TRY(node, read_node(element, where));
        graph.nodes.push_back(std::move(node));
    }
    TRILBY_TRY(outputs, array_in(from, "outputs", where));
    TRILBY_TRY(results, read_arguments(*outputs, where));
    graph.outputs = std::move(results);
    TRILBY_TRY(tensors, object_in(from, "tensor_values", where));
    for (const auto& entry : *tensors) {
        TRILBY_TRY(meta, object_of(entry.value(), where));
        TRILBY_TRY(tensor, read_tensor_meta(*meta, where));
        graph.tensors.emplace(entry.key(), std::move(tensor));
    }
    return graph;
}

}  // namespace trilby::pt2
