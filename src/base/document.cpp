// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/document.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::json {

object document(object members) {
    object out{{"schema", schema_version}};
    for (auto& member : members) {
        out.emplace(member.key(), std::move(member.value()));
    }
    return out;
}

Result<object> parse_document(std::string_view text, std::string_view where) {
    TRILBY_TRY(document, parse_object(text, where));
    TRILBY_TRY(version, get_integer(document, "schema", where));
    if (version != schema_version) {
        return failure(ErrorCode::bad_data, fmt::format("{}: schema is {}, expected {}", where,
                                                        version, schema_version));
    }
    return std::move(document);
}

}  // namespace trilby::json
