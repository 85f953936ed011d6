// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that use a trained run have in common.

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <string>

#include "cli/chosen_backend.hpp"
#include "platform/interrupt.hpp"
#include "train/trained_run.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

/// Values of the command line.
struct TrainedRunOptions {
    std::string run;
    DeviceOptions computing;
    std::int64_t timeout_s = 300;
    bool as_json = false;
};

/// Adds RUN and the options. `options` must outlive `parser`.
void add_trained_run_options(CLI::App& parser, TrainedRunOptions& options);

/// Probes the machine and selects a backend.
[[nodiscard]] Result<train::SessionOptions> session_options(const TrainedRunOptions& options,
                                                            platform::InterruptWatch& interrupts);

/// Prints a failure with the last output of the worker; returns the exit code.
int report_worker_failure(const worker::Failure& failure, bool as_json);

}  // namespace trilby::cli
