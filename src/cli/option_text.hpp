// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What --help, the manual and the completions say about an option. The name of its value, such as
/// DIR, also decides what the completions offer for it (values.hpp).

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace trilby::cli {

/// "-h" and "--help"; for an operand its own name, "RECIPE".
[[nodiscard]] std::vector<std::string> names_of(const CLI::Option& option);

/// The name of the value: "DIR", or for an operand its own name; empty for a flag.
[[nodiscard]] std::string value_name(const CLI::Option& option);

/// The description, with range, default and the options that it needs or excludes.
[[nodiscard]] std::string explained(const CLI::Option& option);

/// For CLI::Option::transform(): accepts decimal numbers from `low` to `high` only.
[[nodiscard]] CLI::Validator whole_number(
    std::int64_t low, std::int64_t high = std::numeric_limits<std::int64_t>::max());

/// For CLI::Option::check(): accepts numbers from `low` to `high`.
[[nodiscard]] CLI::Validator number(double low, double high);

/// For CLI::Option::transform(): accepts "90", "90s", "1.5m" or "2h", and makes it seconds.
[[nodiscard]] CLI::Validator duration();

/// Adds an option with the value of a duration(), which `take` gets in seconds.
CLI::Option* add_duration_option(CLI::App& parser, const std::string& name,
                                 std::function<void(double seconds)> take,
                                 const std::string& meaning);

/// For CLI::Option::check(): accepts one of these words.
[[nodiscard]] CLI::Validator one_of(const std::vector<std::string>& words);

}  // namespace trilby::cli
