// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby __complete WORD...`: the candidates for the last word, for the scripts in completions/.

#pragma once

#include <CLI/App.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/safe_text.hpp"
#include "cli/values.hpp"

namespace trilby::cli {

inline constexpr std::string_view completion_command = "__complete";

struct Completion {
    std::vector<Word> words;    ///< each replaces the whole word: "--only=nvidia"
    Paths paths = Paths::none;  ///< the shell itself offers these
};

/// Completes the last word of `typed`; the others precede it on the line. Empty if the last word is
/// too long or contains control characters.
[[nodiscard]] Completion complete(const CLI::App& parser, std::span<const std::string_view> typed);

/// A line for each word, with a tab and its summary if it has one; then ":files" or ":folders".
[[nodiscard]] SafeText to_lines(const Completion& completion);

/// Prints the lines for the typed words. Never prints an error, which would garble the line.
int run_completion(std::span<char* const> words);

}  // namespace trilby::cli
