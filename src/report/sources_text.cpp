// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "report/machine_json.hpp"
#include "report/text.hpp"

namespace trilby::report {
namespace {

bool is_fact(const json::object& object) {
    return object.contains("value") && object.contains("presence") && object.contains("source");
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

/// Walks the JSON document, so that both show the same values.
void append_facts(SafeText& out, const std::string& name, const json::value& value) {
    if (const json::array* elements = value.if_array()) {
        for (std::size_t i = 0; i < elements->size(); ++i) {
            append_facts(out, fmt::format("{}[{}]", name, i), (*elements)[i]);
        }
        return;
    }
    const json::object* object = value.if_object();
    if (object == nullptr) {
        return;
    }
    if (is_fact(*object)) {
        const json::value& content = object->at("value");
        const std::string presence = text_of(object->at("presence"));
        const bool is_present = presence == "present";
        const bool is_nested =
            content.is_object() || (content.is_array() && !content.as_array().empty() &&
                                    content.as_array().front().is_object());
        const std::string shown = !is_present ? presence : is_nested ? "" : text_of(content);
        out += SafeText::format("{:<34} {:<28} {}\n", name, one_line(shown),
                                one_line(text_of(object->at("source"))));
        append_facts(out, name, content);
        return;
    }
    for (const auto& [key, member] : *object) {
        const std::string inner(key.data(), key.size());
        append_facts(out, name.empty() ? inner : name + "." + inner, member);
    }
}

}  // namespace

SafeText sources_text(const Machine& machine) {
    SafeText out;
    append_facts(out, "", to_json(machine));
    return out;
}

}  // namespace trilby::report
