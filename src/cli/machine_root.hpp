// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Options and checks of the commands that examine a machine.

#pragma once

#include <CLI/App.hpp>
#include <string>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// The machine to examine, and whether to ask its runtimes.
struct MachineOptions {
    std::string root = "/";
    bool ask_runtimes = false;
    unsigned timeout_s = 20;

    [[nodiscard]] ProbeOptions probe_options() const;
};

/// Adds --root, --runtimes and --timeout. `options` must outlive the parser.
void add_machine_options(CLI::App& parser, MachineOptions& options);

/// Checks that a folder holds a machine; the errors are those of probe_root().
[[nodiscard]] Result<void> check_root(const std::string& root);

/// Probes below the root. ErrorCode::no_input if it is not a folder; ErrorCode::bad_data if it does
/// not hold a machine, or holds a recording whose notes cannot be read.
[[nodiscard]] Result<Machine> probe_root(const ProbeOptions& options);

}  // namespace trilby::cli
