// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which precision a run computes with.

#pragma once

#include <optional>
#include <string>

#include "backends/common/backend.hpp"
#include "backends/torch/task.hpp"
#include "train/precision.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

struct PrecisionQuestion {
    const train::Recipe& recipe;
    torch::Device device;
    std::optional<std::string> no_trial;  ///< why there must not be one
};

/// The recipe's choice; "auto" is the faster one in a trial, and float32 where a trial is not worth
/// its time. Nothing if the kind of data leaves no choice. Changes neither weights nor results.
[[nodiscard]] std::optional<train::PrecisionUse> choose_precision(Task& task,
                                                                  const PrecisionQuestion& question,
                                                                  const JobContext& context);

/// The choice of an earlier run, which decides its results.
[[nodiscard]] train::PrecisionUse resumed_precision(train::Precision precision,
                                                    torch::Device device);

/// Trains the task on some of its batches in both precisions, alternating, without changing the
/// network.
[[nodiscard]] train::TrialTimes time_precisions(Task& task, const train::Recipe& recipe,
                                                const JobContext& context);

}  // namespace trilby::backends
