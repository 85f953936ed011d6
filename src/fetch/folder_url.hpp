// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The URL that a user gives to fetch from another server, such as a mirror.

#pragma once

#include <string>

#include <trilby/result.hpp>

namespace trilby::fetch {

/// The URL with a final slash. It must be https, without user and password (messages show the URL)
/// and without a query (file names are appended); otherwise ErrorCode::usage.
[[nodiscard]] Result<std::string> parse_folder_url(const std::string& text);

}  // namespace trilby::fetch
