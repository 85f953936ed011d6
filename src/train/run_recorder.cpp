// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_recorder.hpp"

#include <variant>

#include "train/documents.hpp"

namespace trilby::train {

Result<void> record(const Event& event, RunFolder& run) {
    if (const auto* started = std::get_if<StartEvent>(&event)) {
        return run.restore_metrics(started->history);
    }
    if (const auto* ended = std::get_if<EpochEvent>(&event)) {
        return run.add_metrics(ended->epoch, metrics_of(*ended));
    }
    return {};
}

Result<void> record_result(const TrainingResult& result, const std::vector<Baseline>& baselines,
                           const RunFolder& run) {
    return run.write_result(json::to_json(RunResult{{result}, baselines}, json::whole_texts));
}

}  // namespace trilby::train
