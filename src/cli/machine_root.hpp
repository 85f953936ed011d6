// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that look at a machine share.

#pragma once

#include <CLI/App.hpp>
#include <string>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Which machine, and whether its runtimes are asked.
struct MachineOptions {
    std::string root = "/";
    bool asks_runtimes = false;
    unsigned timeout_s = 20;

    [[nodiscard]] ProbeOptions probe_options() const;
};

/// --root, --runtimes and --timeout; `options` must outlive the parser.
void add_machine_options(CLI::App& parser, MachineOptions& options);

/// Whether a folder that the user named holds a machine; errors as below.
[[nodiscard]] Result<void> check_root(const std::string& root);

/// Probes below the root that the user named; ErrorCode::no_input if it is no folder, and
/// ErrorCode::bad_data if it holds no machine, or a recording whose notes cannot be read.
[[nodiscard]] Result<Machine> probe_root(const ProbeOptions& options);

}  // namespace trilby::cli
