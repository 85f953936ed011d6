// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The address that a user names to fetch from somewhere else, a mirror for example.

#pragma once

#include <string>

#include <trilby/result.hpp>

namespace trilby::fetch {

/// The URL with a final slash. ErrorCode::usage unless it is https, without user or password
/// (messages show it) and without a query (file names are appended to it).
[[nodiscard]] Result<std::string> parse_folder_url(const std::string& text);

}  // namespace trilby::fetch
