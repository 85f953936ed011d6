// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

#include "platform/child_process.hpp"
#include "platform/interrupt.hpp"
#include <trilby/result.hpp>

namespace trilby::builder {

struct CommandFailure {
    Error error;
    std::string last_words = {};  ///< the last lines that it printed, made safe to show
};

struct CommandLimits {
    std::chrono::milliseconds total{std::chrono::hours(1)};
    platform::InterruptWatch* interrupts = nullptr;  ///< a signal ends the command; may be null
};

/// Runs a program to its end and appends all that it prints to the file `log`. Fails if it could
/// not be started, took too long, was interrupted, or did not exit with 0.
[[nodiscard]] std::expected<void, CommandFailure> run_logged(const platform::ChildOptions& command,
                                                             const std::filesystem::path& log,
                                                             const CommandLimits& limits);

}  // namespace trilby::builder
