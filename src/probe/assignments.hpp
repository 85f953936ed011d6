// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Parses lines such as NAME="value" (os-release, .containerenv), "name : value" (cpuinfo,
/// meminfo), "name value" (KFD topology) and "#define NAME value" (headers).

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <trilby/observed.hpp>

namespace trilby::sources {

/// The value of the first line KEY=value, without quotes; absent if there is none.
[[nodiscard]] Observed<std::string> assigned_value(const Observed<std::string>& text,
                                                   std::string_view key);

/// The value of the first line "key : value"; absent if there is none.
[[nodiscard]] Observed<std::string> colon_value(const Observed<std::string>& text,
                                                std::string_view key);

/// The text after `separator` on the first line where `key` precedes it; a part of `text`, which
/// must outlive it.
[[nodiscard]] std::optional<std::string_view> find_value(std::string_view text,
                                                         std::string_view key, char separator);

/// The value, one word, of the first line "#define KEY value"; absent if there is none.
[[nodiscard]] Observed<std::string> defined_value(const Observed<std::string>& text,
                                                  std::string_view key);

}  // namespace trilby::sources
