// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The documents that the commands for training print with `--json`, and the files of a run, as
/// described records. Their JSON and docs/schemas are derived from these records.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/write_json.hpp"
#include "train/describe.hpp"
#include "train/describe_evaluation.hpp"
#include "train/run_comparison.hpp"
#include "train/run_list.hpp"
#include "train/run_result.hpp"

namespace trilby::train {

struct TrainingDocument {
    std::string run;
    json::Inlined<RunResult> result;
    std::optional<std::string> backend;  ///< empty for a run that had ended before
};
TRILBY_DESCRIBE(TrainingDocument, run, result, backend)

/// What a dry run prints.
struct ExaminationDocument {
    json::Verbatim recipe;
    std::vector<std::string> decisions;
    double estimated_seconds = 0.0;
    json::Inlined<Examination> examination;
};
TRILBY_DESCRIBE(ExaminationDocument, recipe, decisions, estimated_seconds, examination)

/// What a search for the learning rate prints.
struct RateTestDocument {
    double recipe_learning_rate = 0.0;
    std::optional<double> learning_rate;  ///< the advice, if there is one
    std::string reason;
    RatePoints points;  ///< as measured
};
TRILBY_DESCRIBE(RateTestDocument, recipe_learning_rate, learning_rate, reason, points)

struct PredictionsDocument {
    std::vector<json::object> predictions;
};
TRILBY_DESCRIBE(PredictionsDocument, predictions)

struct GenerationDocument {
    json::Verbatim text;
};
TRILBY_DESCRIBE(GenerationDocument, text)

TRILBY_DESCRIBE(Score, metric, part, value)
TRILBY_DESCRIBE(RunSummary, name, run, state, damage, recipe, task, epochs_done, epochs, score,
                changed, machine)

struct RunsDocument {
    std::string folder;
    std::vector<RunSummary> runs;
};
TRILBY_DESCRIBE(RunsDocument, folder, runs)

TRILBY_DESCRIBE(ComparedRun, summary, best_epoch, seconds, validation, test, baselines)
TRILBY_DESCRIBE(ComparedSetting, key, values)
TRILBY_DESCRIBE(RunComparison, runs, settings, obstacles, metric, part, best)

/// The document of a record, with the version of its schema. Long texts are not cut.
template <DescribedRecord Record>
[[nodiscard]] json::object document_of(const Record& record) {
    return json::document(json::to_json(record, json::whole_texts));
}

}  // namespace trilby::train
