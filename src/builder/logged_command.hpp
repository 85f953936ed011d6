// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "platform/child_output.hpp"
#include <trilby/result.hpp>

namespace trilby::builder {

struct CommandFailure {
    Error error;
    std::string last_output = {};  ///< its last lines, printable
};

/// Runs a program to its end and appends its output to the file `log`. Fails if the program does
/// not start, takes too long, is interrupted, or does not exit with 0.
[[nodiscard]] std::expected<void, CommandFailure> run_logged(const platform::ChildOptions& command,
                                                             const std::filesystem::path& log,
                                                             const platform::ChildLimits& limits);

}  // namespace trilby::builder
