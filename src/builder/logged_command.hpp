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
    std::string last_words = {};  ///< the last lines that it printed, made safe to show
};

/// Runs a program to its end and appends all that it prints to the file `log`. Fails if it could
/// not be started, took too long, was interrupted, or did not exit with 0.
[[nodiscard]] std::expected<void, CommandFailure> run_logged(const platform::ChildOptions& command,
                                                             const std::filesystem::path& log,
                                                             const platform::ChildLimits& limits);

}  // namespace trilby::builder
