// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

namespace trilby::recording {

/// The start of each replacement, which a number follows. Replacements are known words, so that a
/// recording of a recording is the same.
inline constexpr std::string_view replacement_prefix = "redacted";
[[nodiscard]] bool is_replacement(std::string_view word);

/// Whether a word of letters and digits can be on anybody's machine: a part of the kernel, a
/// distribution, a vendor's software or a version, in any case. No other word is recorded.
[[nodiscard]] bool is_known_word(std::string_view word);

}  // namespace trilby::recording
