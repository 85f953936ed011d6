// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Programs of others: run to their end, or become one.

#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::platform {

struct Command {
    std::filesystem::path program;
    std::vector<std::string> arguments;  ///< without the program's name
};

/// What a program has printed until it ended. Untrusted, and bounded.
struct CommandOutput {
    int exit_code = 0;
    std::string standard_output;
    std::string standard_error;
};

/// Without a terminal and without input. ErrorCode::unavailable if the program does not start, is
/// ended by a signal, or takes longer than `limit`; ErrorCode::bad_data if it prints without
/// end (more than 4 MiB).
[[nodiscard]] Result<CommandOutput> run_to_its_end(const Command& command,
                                                   std::chrono::milliseconds limit);

/// This process becomes the program and gives it its terminal. Returns only if that fails.
[[nodiscard]] Error become(const Command& command);

}  // namespace trilby::platform
