// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/program_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/graph_reader.hpp"
#include "pt2/json_access.hpp"
#include "pt2/limits.hpp"

namespace trilby::pt2 {
namespace {

using json::object;
using json::value;

/// {"arg": {"name": "p_weight"}, "parameter_name": "weight"}
struct InputKind {
    std::string_view tag;
    InputSpec::Kind kind;
    std::string_view target;
};
constexpr std::array input_kinds{
    InputKind{"parameter", InputSpec::Kind::parameter, "parameter_name"},
    InputKind{"buffer", InputSpec::Kind::buffer, "buffer_name"},
    InputKind{"tensor_constant", InputSpec::Kind::constant, "tensor_constant_name"},
};

Result<InputSpec> read_user_input(const object& spec, std::string_view where) {
    TRILBY_TRY(argument, object_in(spec, "arg", where));
    const value* tensor = argument->if_contains("as_tensor");
    if (tensor == nullptr || !tensor->is_object()) {
        return malformed(where, "the model takes an input that is not a tensor");
    }
    TRILBY_TRY(name, json::get_string(tensor->get_object(), "name", where));
    return InputSpec{InputSpec::Kind::user, std::move(name), {}};
}

Result<InputSpec> read_input(const value& from, std::string_view where) {
    TRILBY_TRY(spec, tagged(from, where));
    TRILBY_TRY(members, object_of(*spec.content, where));
    if (spec.tag == "user_input") {
        return read_user_input(*members, where);
    }
    const auto* const kind = std::ranges::find(input_kinds, spec.tag, &InputKind::tag);
    if (kind == input_kinds.end()) {
        return malformed(where, fmt::format("an input is '{}', which Trilby does not support",
                                            printable(spec.tag, 100)));
    }
    TRILBY_TRY(argument, object_in(*members, "arg", where));
    TRILBY_TRY(name, json::get_string(*argument, "name", where));
    TRILBY_TRY(target, json::get_string(*members, kind->target, where));
    return InputSpec{kind->kind, std::move(name), std::move(target)};
}

Result<OutputSpec> read_output(const value& from, std::string_view where) {
    TRILBY_TRY(spec, tagged(from, where));
    if (spec.tag == "user_output") {
        return OutputSpec{};
    }
    if (spec.tag != "buffer_mutation") {
        return malformed(where, fmt::format("an output is '{}', which Trilby does not support",
                                            printable(spec.tag, 100)));
    }
    TRILBY_TRY(members, object_of(*spec.content, where));
    TRILBY_TRY(target, json::get_string(*members, "buffer_name", where));
    return OutputSpec{OutputSpec::Kind::buffer_mutation, std::move(target)};
}

Result<void> read_signature(Program& program, const object& module, std::string_view where) {
    TRILBY_TRY(signature, object_in(module, "signature", where));
    TRILBY_TRY(inputs, array_in(*signature, "input_specs", where));
    for (const value& element : *inputs) {
        TRILBY_TRY(input, read_input(element, where));
        program.inputs.push_back(std::move(input));
    }
    TRILBY_TRY(outputs, array_in(*signature, "output_specs", where));
    for (const value& element : *outputs) {
        TRILBY_TRY(output, read_output(element, where));
        program.outputs.push_back(std::move(output));
    }
    const bool fits =
        std::ranges::equal(program.inputs, program.graph.inputs, {}, &InputSpec::name) &&
        program.outputs.size() == program.graph.outputs.size();
    return fits ? Result<void>() : malformed(where, "graph and signature differ");
}

std::optional<std::int64_t> limit_in(const object& range, std::string_view key) {
    const value* limit = range.if_contains(key);
    return limit != nullptr && limit->is_int64() ? std::optional(limit->get_int64()) : std::nullopt;
}

Result<void> read_ranges(Program& program, const object& document, std::string_view where) {
    TRILBY_TRY(ranges, object_in(document, "range_constraints", where));
    for (const auto& member : *ranges) {
        TRILBY_TRY(range, object_of(member.value(), where));
        program.ranges.emplace(member.key(),
                               Range{limit_in(*range, "min_val"), limit_in(*range, "max_val")});
    }
    return {};
}

/// Only a new major version changes what is there.
Result<void> check_version(const object& document, std::string_view where) {
    constexpr std::int64_t known_version = 8;
    TRILBY_TRY(version, object_in(document, "schema_version", where));
    TRILBY_TRY(major, json::get_integer(*version, "major", where));
    return major == known_version
               ? Result<void>()
               : malformed(where, fmt::format("its schema has version {}, expected {}", major,
                                              known_version));
}

std::string first_verifier(const object& document) {
    const value* verifiers = document.if_contains("verifiers");
    const value* first =
        verifiers != nullptr && verifiers->is_array() && !verifiers->get_array().empty()
            ? &verifiers->get_array().front()
            : nullptr;
    return first != nullptr && first->is_string()
               ? printable(std::string_view(first->get_string()), 40)
               : std::string();
}

}  // namespace

Result<Program> read_program(std::string_view json_text, std::string_view where) {
    TRILBY_TRY(document, json::parse_object(json_text, where, most_levels));
    TRILBY_CHECK(check_version(document, where));
    TRILBY_TRY(module, object_in(document, "graph_module", where));
    TRILBY_TRY(graph_json, object_in(*module, "graph", where));
    TRILBY_TRY(graph, read_graph(*graph_json, where));
    Program program{.graph = std::move(graph)};
    TRILBY_CHECK(read_signature(program, *module, where));
    TRILBY_CHECK(read_ranges(program, document, where));
    TRILBY_TRY(torch_version, json::get_string(document, "torch_version", where));
    program.torch_version = printable(torch_version, 100);
    program.verifier = first_verifier(document);
    return program;
}

}  // namespace trilby::pt2
