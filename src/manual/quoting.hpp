// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text inside the scripts of shells: it may hold anything, and is never run.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"

namespace trilby::manual {

[[nodiscard]] std::string fish_quoted(std::string_view text);

/// `text` with a backslash before each of `special`, and before each backslash.
[[nodiscard]] std::string backslashed(std::string_view text, std::string_view special);

/// Quoted words for an array of bash or zsh.
[[nodiscard]] std::string shell_words(const std::vector<std::string>& words);

}  // namespace trilby::manual
