// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The command line of a program that trains.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "train/saving.hpp"

namespace trilby {

struct ProgramOptions {
    std::string program;  ///< the name of the file
    std::string command;  ///< how it was called
    std::optional<std::string> data;
    std::optional<std::string> output;
    std::optional<std::string> resume;
    std::optional<std::string> backend;
    std::int64_t device = 0;
    std::optional<std::int64_t> threads;
    std::optional<std::int64_t> epochs;
    std::optional<std::int64_t> batch_size;
    std::int64_t seed = 1;
    std::int64_t verify_every = 0;
    std::optional<std::string> html;  ///< file for the report
    bool writes_events = false;
    train::Saving saving;
    std::vector<std::string> changes;  ///< of the recipe: "training.epochs=5"
};

/// The name of the program's file.
[[nodiscard]] std::string program_name(int argc, const char* const* argv);

/// Prints and exits for --help and for a wrong command line.
[[nodiscard]] ProgramOptions parse_command_line(int argc, const char* const* argv);

}  // namespace trilby
