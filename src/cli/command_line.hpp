// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parser of `trilby` with all its commands, for the program, its manual and the completions.

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

/// Commands to try after installing Trilby.
inline constexpr std::array first_steps{
    Example{"trilby probe", "see the AI hardware of this machine"},
    Example{"trilby doctor", "see what is wrong and how to fix it"},
    Example{"trilby train fashion-mnist", "train a network now"},
    Example{"trilby train PATH", "train on your own data"}};

}  // namespace trilby::cli
