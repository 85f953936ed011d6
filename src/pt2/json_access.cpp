// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/json_access.hpp"

#include <fmt/format.h>

namespace trilby::pt2 {
std::unexpected<Error> malformed(std::string_view where, std::string_view what) {
    return failure(ErrorCode::bad_data, fmt::format("{}: {}", where, what));
}

Result<const json::object*> object_in(const json::object& from, std::string_view key,
                                      std::string_view where) {
    const json::value* found = from.if_contains(key);
    if (found == nullptr || !found->is_object()) {
        return malformed(where, fmt::format("key '{}' is missing or is not an object", key));
    }
    return &found->get_object();
}

Result<const json::array*> array_in(const json::object& from, std::string_view key,
                                    std::string_view where) {
    const json::value* found = from.if_contains(key);
    if (found == nullptr || !found->is_array()) {
        return malformed(where, fmt::format("key '{}' is missing or is not an array", key));
    }
    return &found->get_array();
}

Result<const json::object*> object_of(const json::value& element, std::string_view where) {
    if (!element.is_object()) {
        return malformed(where, "an entry is not an object");
    }
    return &element.get_object();
}

Result<Tagged> tagged(const json::value& element, std::string_view where) {
    const json::object* object = element.if_object();
    if (object == nullptr || object->size() != 1) {
        return malformed(where, "expected an object with one member");
    }
    const auto& member = *object->begin();
    return Tagged{member.key(), object, &member.value()};
}

}  // namespace trilby::pt2
