// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trains the trials of a search, each in a folder of its own.

#pragma once

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "base/stopwatch.hpp"
#include "platform/interrupt.hpp"
#include "report/progress_line.hpp"
#include "train/events.hpp"
#include "train/run_folder.hpp"
#include "train/search/folder.hpp"
#include "train/search/trial_data.hpp"
#include "train/session.hpp"
#include "train/training_machine.hpp"

namespace trilby::cli {

struct SearchJob {
    train::search::SearchFolder folder;
    train::search::SearchRecord record;
    std::vector<train::search::Candidate> candidates;
    train::search::TrialData data;
    train::SessionOptions session;
    train::TrainingMachine machine;
    std::chrono::steady_clock::time_point started;  ///< when the time of the search began
};

class TrialRunner {
  public:
    /// Prints the progress to `out`.
    TrialRunner(SearchJob& job, platform::InterruptWatch& interrupts, std::FILE* out);

    /// Trains until nothing more fits into the time, or the user stops it. The record is on disk
    /// after each trial. What goes wrong in a trial is in its record; only files of the search that
    /// cannot be written are an error.
    [[nodiscard]] Result<void> run();

    [[nodiscard]] bool is_interrupted();

  private:
    [[nodiscard]] double seconds_left() const;
    [[nodiscard]] Result<void> run(const train::search::Trial& trial);
    /// When a trial ends even if it is not done.
    struct Limit {
        double seconds = 0.0;
        bool is_of_search = false;  ///< the whole search ends then
    };
    [[nodiscard]] Limit limit_of(const train::search::Trial& trial) const;
    /// Fills in how it ended.
    void train_in(train::RunFolder& run, train::search::TrialRecord& trial, const Limit& limit);
    void take_result(const train::TrainingResult& result, train::search::TrialRecord& trial,
                     const Limit& limit);
    void take_failure(const worker::Failure& failure, train::search::TrialRecord& trial);
    void take(const train::Event& event, train::search::TrialRecord& trial);
    [[nodiscard]] Result<void> keep(train::search::TrialRecord trial);
    void show_progress(const train::search::TrialRecord& trial);

    SearchJob& job_;
    platform::InterruptWatch& interrupts_;
    std::FILE* out_;
    report::ProgressLine progress_;
    double spent_before_s_;  ///< before the search was resumed
};

}  // namespace trilby::cli
