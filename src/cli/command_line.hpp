// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parser of `trilby` with all of its commands: what the program, its manual and the shells'
/// completions share.

#pragma once

#include <CLI/App.hpp>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace trilby::cli {

struct CommandLine {
    std::unique_ptr<CLI::App> parser;
    std::vector<Command> commands;
};

[[nodiscard]] CommandLine command_line();

struct Example {
    std::string_view command;
    std::string_view meaning;  ///< lower-case start, no full stop
};

/// What somebody who has just installed Trilby may try.
inline constexpr std::array first_steps{
    Example{"trilby probe", "see what this machine can compute with"},
    Example{"trilby doctor", "see what is wrong, and what mends it"},
    Example{"trilby train fashion-mnist", "train a network now"}};

}  // namespace trilby::cli
