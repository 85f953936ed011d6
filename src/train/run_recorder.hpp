// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Writes what a training job reports to the folder of its run.

#pragma once

#include <vector>

#include "train/events.hpp"
#include "train/metrics.hpp"
#include "train/run_folder.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// What an event adds to the metrics.
[[nodiscard]] Result<void> record(const Event& event, RunFolder& run);

/// The end of a run: result.json.
[[nodiscard]] Result<void> record_result(const TrainingResult& result,
                                         const std::vector<Baseline>& baselines,
                                         const RunFolder& run);

}  // namespace trilby::train
