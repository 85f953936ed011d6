// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The runs in a folder.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "train/run_record.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The runs in a folder, the one that changed last at the end. If the folder is itself a run, only
/// that run. What is not a run is left out.
[[nodiscard]] Result<std::vector<RunRecord>> list_runs(const std::filesystem::path& folder);

/// A run in the document of `trilby runs --json`.
struct RunSummary {
    std::string name;
    std::string run;  ///< its folder
    RunState state = RunState::damaged;
    std::optional<std::string> damage;
    std::optional<std::string> recipe;
    std::optional<std::string> task;
    std::int64_t epochs_done = 0;
    std::optional<std::int64_t> epochs;
    std::optional<Score> score;
    std::string changed;  ///< "2026-05-17T12:30:00Z"
    std::optional<TrainingMachine> machine;
};

[[nodiscard]] RunSummary summary_of(const RunRecord& run);

}  // namespace trilby::train
