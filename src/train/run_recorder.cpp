// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_recorder.hpp"

#include <variant>

#include "base/text.hpp"
#include "base/try.hpp"
#include "train/run_files.hpp"

namespace trilby::train {

Result<void> RunRecorder::record(const Event& event) {
    return std::visit([this](const auto& content) { return record_one(content); }, event);
}

Result<void> RunRecorder::record_one(const StartEvent& event) {
    if (context_.machine) {
        context_.machine->libtorch = printable(event.libraries.libtorch, 64);
        context_.machine->threads = event.libraries.threads;
    }
    TRILBY_CHECK(run_.restore_metrics(event.history));
    if (writes_events_ || has_entry(run_.events_file())) {
        TRILBY_TRY(events, EventFile::open(run_.path()));
        events_ = std::move(events);
    }
    return {};
}

Result<void> RunRecorder::record_one(const EpochEvent& event) {
    TRILBY_CHECK(run_.add_metrics(event.epoch, metrics_of(event)));
    return events_ ? events_->add(event) : Result<void>();
}

/// The result comes last: a run without it can be resumed.
Result<RunResult> RunRecorder::end(const TrainingResult& result) {
    if (events_) {
        TRILBY_CHECK(events_->add(result));
    }
    RunResult whole{{result}, {context_}};
    TRILBY_CHECK(run_.write_result(json::to_json(whole, json::whole_texts)));
    return whole;
}

}  // namespace trilby::train
