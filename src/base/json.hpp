// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Boost.JSON with Trilby's errors: bounded parsing, and typed access that says which key was
/// wrong.

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

/// Parses exactly one document, whose numbers are finite; `where` names the source in the error.
[[nodiscard]] Result<value> parse(std::string_view text, std::string_view where,
                                  std::size_t depth_limit = default_depth_limit);
/// The same for a document that must be an object.
[[nodiscard]] Result<object> parse_object(std::string_view text, std::string_view where,
                                          std::size_t depth_limit = default_depth_limit);

/// Compact, on one line. Here and in pretty(), infinity and NaN become null.
[[nodiscard]] std::string serialize(const value& document);

/// Two-space indentation and a final line feed, for people and diffs.
[[nodiscard]] std::string pretty(const value& document);

/// Typed members of an object from outside. A missing or mistyped key is ErrorCode::bad_data, and
/// the message names `where`, the key, the type that was expected and the one that was found.
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
