// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Refuses what is not text in UTF-8, and says what it is instead.

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::data {

/// The size of a byte order mark of UTF-8 at the start of a file; 0 if there is none.
[[nodiscard]] std::size_t utf8_mark_bytes(std::string_view start);

/// The same for a text file, with checks. ErrorCode::bad_data for UTF-16 and
/// UTF-32, for line ends without line feeds, and for known binary formats.
[[nodiscard]] Result<std::size_t> check_encoding_of_start(std::string_view start,
                                                          const std::filesystem::path& path);

/// What is wrong with a piece of text, as a predicate; nothing if it is UTF-8 without NUL.
[[nodiscard]] std::optional<std::string> find_wrong_encoding(std::string_view text);

/// The command that converts the most likely other encoding of a piece of text, or removes its
/// NULs.
[[nodiscard]] std::string encoding_hint(std::string_view text, const std::filesystem::path& path);

}  // namespace trilby::data
