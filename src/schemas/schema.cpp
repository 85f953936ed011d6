// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "schemas/schema.hpp"

#include "base/document.hpp"

namespace trilby::schemas {

void Notes::add_to(json::object& schema, std::string_view name) {
    if (const json::value* note = notes_.if_contains(name)) {
        used_.emplace(name);
        for (const auto& keyword : note->as_object()) {
            schema[keyword.key()] = keyword.value();
        }
    }
}

std::vector<std::string> Notes::unused() const {
    std::vector<std::string> names;
    for (const auto& note : notes_) {
        const std::string_view name = note.key();
        if (!used_.contains(name) && !name.starts_with('$')) {
            names.emplace_back(name);
        }
    }
    return names;
}

json::object Maker::version() {
    json::object schema{{"const", json::schema_version}};
    notes_.add_to(schema, "schema");
    return schema;
}

json::object Maker::object_schema(const Object& object) {
    return {{"type", "object"}, {"properties", object.properties}, {"required", object.required}};
}

json::object Maker::finished(const Object& object, std::string_view record) {
    json::object out{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"$comment", "Copyright The Trilby Authors. SPDX-License-Identifier: Apache-2.0"}};
    notes_.add_to(out, record);
    for (auto& keyword : object_schema(object)) {
        out.emplace(keyword.key(), std::move(keyword.value()));
    }
    if (!definitions_.empty()) {
        out["$defs"] = definitions_;
    }
    return out;
}

}  // namespace trilby::schemas
