// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What differs between runs, and which of them is better.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/write_json.hpp"
#include "train/run_list.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct ComparedRun {
    json::Inlined<RunSummary> summary;
    std::optional<std::int64_t> best_epoch;  ///< whose weights were tested
    std::optional<double> seconds;           ///< once it has ended
    Metrics validation;                      ///< with the tested weights, or of the last epoch
    Metrics test;
    std::vector<Baseline> baselines;
};

struct ComparedSetting {
    std::string key;                                  ///< "training.epochs"
    std::vector<json::Nullable<std::string>> values;  ///< of each run; null where there is none
};

struct RunComparison {
    std::vector<ComparedRun> runs;
    std::vector<ComparedSetting> settings;  ///< those that differ
    std::vector<std::string> obstacles;     ///< why their results cannot be compared
    std::optional<std::string> metric;      ///< what decides, unless there are obstacles
    std::optional<std::string> part;        ///< on which it was measured: "test" or "validation"
    /// The folder of the best run; nothing if several are equally good.
    std::optional<std::string> best;
};

/// Whether a key of a recipe may change which examples are validated and tested.
[[nodiscard]] bool is_about_tested_data(const std::string& key);

/// A damaged run is ErrorCode::bad_data.
[[nodiscard]] Result<RunComparison> compare_runs(const std::vector<std::filesystem::path>& folders);

}  // namespace trilby::train
