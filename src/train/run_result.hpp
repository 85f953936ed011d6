// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// result.json of a run.

#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/json.hpp"
#include "base/write_json.hpp"
#include "train/describe.hpp"
#include "train/describe_evaluation.hpp"
#include "train/events.hpp"
#include "train/training_machine.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// What `trilby` adds to the result of a training job.
struct ResultContext {
    std::vector<Baseline> baselines;
    std::optional<TrainingMachine> machine;  ///< of the end of the run; earlier versions lack it
};
TRILBY_DESCRIBE(ResultContext, baselines, machine)

struct RunResult {
    json::Inlined<TrainingResult> result;
    json::Inlined<ResultContext> context;
};
TRILBY_DESCRIBE(RunResult, result, context)

/// Nothing for a run that has not ended.
[[nodiscard]] Result<std::optional<json::object>> read_result_document(
    const std::filesystem::path& run);

}  // namespace trilby::train
