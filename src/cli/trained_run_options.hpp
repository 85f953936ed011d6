// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that use a trained run have in common.

#pragma once

#include <CLI/App.hpp>
#include <string>

#include "cli/job_options.hpp"
#include "train/trained_run.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

/// Values of the command line.
struct TrainedRunOptions : JobOptions {
    std::string run;
};

/// A run and data to use it on.
struct RunAndData {
    train::TrainedRun run;
    train::PreparedData data;
    train::SessionOptions session;
};

/// Adds RUN and the options. `options` must outlive `parser`.
void add_trained_run_options(CLI::App& parser, TrainedRunOptions& options);

/// Probes the machine and selects a backend.
[[nodiscard]] Result<train::SessionOptions> session_options(const TrainedRunOptions& options,
                                                            platform::InterruptWatch& interrupts);

}  // namespace trilby::cli
