// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that compute in a worker on some data have in common.

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/chosen_backend.hpp"
#include "platform/interrupt.hpp"
#include "train/session.hpp"

namespace trilby::cli {

/// Values of the command line.
struct JobOptions {
    DeviceOptions computing;
    std::int64_t timeout_s = 300;
    bool as_json = false;
};

/// Adds --timeout. `options` must outlive `parser`.
void add_timeout_option(CLI::App& parser, JobOptions& options);

[[nodiscard]] train::SessionOptions session_options(const JobOptions& options,
                                                    const ChosenBackend& chosen,
                                                    platform::InterruptWatch& interrupts);

/// Prints what was noticed about the data, for people.
void print_notes(const std::vector<std::string>& notes);

/// Prints a failure with the last output of the worker; returns the exit code.
int report_worker_failure(const worker::Failure& failure, bool as_json);

}  // namespace trilby::cli
