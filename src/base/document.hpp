// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The JSON documents that `--json` prints and docs/schemas describes: an object that opens with
/// the version of its schema.

#pragma once

#include <string_view>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::json {

inline constexpr int schema_version = 1;

[[nodiscard]] object document(object members);

/// Another version is ErrorCode::bad_data; `where` names the document in errors.
[[nodiscard]] Result<object> parse_document(std::string_view text, std::string_view where);

}  // namespace trilby::json
