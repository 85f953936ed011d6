// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Parses lines such as NAME="value" (os-release, .containerenv), "name : value" (cpuinfo,
/// meminfo), "name value" (KFD topology) and "#define NAME value" (headers).

#pragma once

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

/// The value of the first line "key value"; absent if there is none.
[[nodiscard]] Observed<std::string> spaced_value(const Observed<std::string>& text,
                                                 std::string_view key);

/// The value, one word, of the first line "#define KEY value"; absent if there is none.
[[nodiscard]] Observed<std::string> defined_value(const Observed<std::string>& text,
                                                  std::string_view key);

}  // namespace trilby::sources
