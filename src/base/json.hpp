// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Boost.JSON with Trilby's errors: bounded parsing, and typed access that reports the wrong key.

#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include <trilby/result.hpp>

namespace trilby::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

inline constexpr std::size_t default_depth_limit = 32;

/// Parses exactly one document with finite numbers; `where` is the source in error messages.
[[nodiscard]] Result<value> parse(std::string_view text, std::string_view where,
                                  std::size_t depth_limit = default_depth_limit);
/// Like parse(), for a document that must be an object.
[[nodiscard]] Result<object> parse_object(std::string_view text, std::string_view where,
                                          std::size_t depth_limit = default_depth_limit);

/// Compact, on one line, for programs. Here and in pretty(), infinity and NaN become null, and
/// hidden characters are escaped.
[[nodiscard]] std::string serialize(const value& document);

/// Two-space indentation and a final line feed, for people and diffs. Always UTF-8.
[[nodiscard]] std::string pretty(const value& document);

/// Typed members of an untrusted object. A missing or mistyped key is ErrorCode::bad_data; the
/// message reports `where`, the key, the expected type and the type found.
[[nodiscard]] Result<object> as_object(const value& document, std::string_view where);
[[nodiscard]] Result<std::string> get_string(const object& from, std::string_view key,
                                             std::string_view where);
[[nodiscard]] Result<std::int64_t> get_integer(const object& from, std::string_view key,
                                               std::string_view where);
[[nodiscard]] Result<double> get_number(const object& from, std::string_view key,
                                        std::string_view where);
[[nodiscard]] Result<bool> get_boolean(const object& from, std::string_view key,
                                       std::string_view where);
[[nodiscard]] Result<object> get_object(const object& from, std::string_view key,
                                        std::string_view where);
[[nodiscard]] Result<array> get_array(const object& from, std::string_view key,
                                      std::string_view where);

}  // namespace trilby::json
