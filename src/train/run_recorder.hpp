// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Writes what a training job reports to the folder of its run.

#pragma once

#include <optional>
#include <utility>

#include "train/event_file.hpp"
#include "train/events.hpp"
#include "train/run_folder.hpp"
#include "train/run_result.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

class RunRecorder {
  public:
    /// The job fills in what `context` lacks of the machine. A run that has an event file already
    /// keeps it up to date.
    RunRecorder(RunFolder& run, ResultContext context, bool writes_events)
        : run_(run), context_(std::move(context)), writes_events_(writes_events) {}

    [[nodiscard]] Result<void> record(const Event& event);
    /// The end of the run: result.json.
    [[nodiscard]] Result<RunResult> end(const TrainingResult& result);

  private:
    [[nodiscard]] Result<void> record_one(const StartEvent& event);
    [[nodiscard]] Result<void> record_one(const EpochEvent& event);
    [[nodiscard]] Result<void> record_one(const ProgressEvent&) { return {}; }

    RunFolder& run_;
    ResultContext context_;
    bool writes_events_;
    std::optional<EventFile> events_;
};

}  // namespace trilby::train
