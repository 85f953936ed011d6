// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A command of `trilby`: one file each, listed in command_line.cpp. It parses, calls a library,
/// renders, and returns the exit code.

#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace trilby::cli {

struct Command {
    CLI::App* parser = nullptr;  ///< owned by the parent parser
    std::function<int()> run;    ///< runs the command; returns the exit code
};

Command probe_command(CLI::App& trilby);
Command backends_command(CLI::App& trilby);
Command doctor_command(CLI::App& trilby);
Command train_command(CLI::App& trilby);
Command tune_command(CLI::App& trilby);
Command evaluate_command(CLI::App& trilby);
Command generate_command(CLI::App& trilby);
Command predict_command(CLI::App& trilby);
Command runs_command(CLI::App& trilby);
Command new_command(CLI::App& trilby);
Command eject_command(CLI::App& trilby);
Command export_command(CLI::App& trilby);
Command validate_command(CLI::App& trilby);
Command data_command(CLI::App& trilby);
Command inspect_command(CLI::App& trilby);
Command model_command(CLI::App& trilby);
Command backend_command(CLI::App& trilby);
Command toolbox_command(CLI::App& trilby);

}  // namespace trilby::cli
