// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs other programs.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/child_output.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

struct Command {
    std::filesystem::path program;
    std::vector<std::string> arguments;  ///< without the program's name
};

/// The output of a program that has ended: untrusted, and bounded in size.
struct CommandOutput {
    int exit_code = 0;
    std::string standard_output;
    std::string standard_error;
};

/// Runs a program to its end, without a terminal and without input. ErrorCode::unavailable if it
/// does not start, dies of a signal, or takes longer than `limits.total`; ErrorCode::interrupted at
/// a signal; ErrorCode::bad_data if it prints more than 4 MiB. In the last three cases, it is ended
/// with its children.
[[nodiscard]] Result<CommandOutput> run_program(const Command& command, const ChildLimits& limits);

/// execv(): the program replaces this process and keeps its terminal. Returns only if that fails.
[[nodiscard]] Error replace_process(const Command& command);

}  // namespace trilby::platform
