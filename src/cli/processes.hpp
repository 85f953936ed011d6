// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The processes that train a network together: those of --processes, or of a launcher such as
/// torchrun.

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "group/launcher.hpp"
#include "train/session.hpp"
#include "train/sharing.hpp"
#include "train/team.hpp"
#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Values of the command line.
struct ProcessOptions {
    std::optional<std::int64_t> processes;
    std::string interface;
};

/// Adds --processes and --interface. `options` must outlive `parser`.
void add_process_options(CLI::App& parser, ProcessOptions& options);

struct Processes {
    train::TeamOptions team = {};                  ///< on this machine
    std::optional<group::Launched> launched = {};  ///< this process is one of several
    std::optional<train::Sharing> before = {};     ///< of a resumed run

    /// Whether this process trains for a group whose first process is another one.
    [[nodiscard]] bool is_other() const { return launched && launched->place.rank > 0; }
    [[nodiscard]] bool are_several() const { return launched || team.processes > 1; }
};

/// "2, started by torchrun, over gloo"
[[nodiscard]] std::string in_words(const Processes& processes);

/// `before` is how a resumed run was computed, and `limit` the longest silence of a worker.
[[nodiscard]] Result<Processes> find_processes(const ProcessOptions& options,
                                               const std::optional<train::Sharing>& before,
                                               std::chrono::milliseconds limit);

/// Gives this process and those of its team their devices and, unless the user gave the threads of
/// each, their share of the CPUs. A resumed run keeps its threads: others would give other bits.
void share_machine(Processes& processes, const std::string& backend, const Machine& machine,
                   bool has_threads, train::SessionOptions& session);

}  // namespace trilby::cli
