// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A training run on the whole window of a terminal.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/safe_text.hpp"
#include "report/chart.hpp"
#include "report/screen_line.hpp"
#include "train/early_stopping.hpp"
#include "train/events.hpp"
#include "train/run_record.hpp"

namespace trilby::report {

/// The epochs of a run so far, in memory that does not grow with their number.
struct EpochHistory {
    static constexpr std::size_t most_newest = 100;

    std::string metric;  ///< the name of the deciding one; empty until an epoch has it
    Curve training_loss;
    Curve validation_loss;
    Curve validation;  ///< the deciding metric
    train::BestEpoch best;
    std::deque<train::EpochEvent> newest;  ///< the newest first
    double seconds = 0.0;                  ///< of all epochs

    /// The number of the newest epoch, or 0.
    [[nodiscard]] std::int64_t last() const { return newest.empty() ? 0 : newest.front().epoch; }
    /// `epoch` comes after those before.
    void add(const train::EpochEvent& epoch);
};

/// Progress that only the process that trains the run knows.
struct LiveProgress {
    std::int64_t step = 0;  ///< done, of all epochs
    std::int64_t steps = 1;
    json::Nullable<double> training_loss;  ///< of the epoch so far
    double units_per_second = 0.0;
    double seconds_left = 0.0;
};

/// The content of a dashboard.
struct Dashboard {
    train::RunRecord run;
    EpochHistory epochs;
    std::chrono::sys_seconds now;
    std::string trouble = {};  ///< why the run cannot be read any more
    std::optional<LiveProgress> live = {};
};

/// Lines that fit into the window: at most as many as it has rows, none wider than it. What does
/// not fit is left out, the most important last.
[[nodiscard]] std::vector<SafeText> draw(const Dashboard& dashboard, const Window& window);

}  // namespace trilby::report
