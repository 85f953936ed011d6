// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "train/events.hpp"

namespace trilby::train {

/// Reads what a backend says about one job `train`, and refuses what cannot be true: a number out
/// of its range, an epoch out of order or past the end. Errors are ErrorCode::bad_data.
class JobReader {
  public:
    /// `epochs` of the recipe.
    explicit JobReader(std::int64_t epochs) : epochs_(epochs) {}

    /// Nothing for an event of another type.
    [[nodiscard]] Result<std::optional<Event>> event(const json::object& document);
    [[nodiscard]] Result<TrainingResult> result(const json::object& document) const;

  private:
    Result<void> accept(const StartEvent& start);
    Result<void> accept(const ProgressEvent& progress);
    Result<void> accept(const EpochEvent& epoch);
    /// The metric that decides must be there, if there was anything to compute it from.
    [[nodiscard]] Result<void> check_metrics(std::string_view where, const Metrics& metrics,
                                             std::int64_t examples) const;
    [[nodiscard]] std::int64_t steps_of(std::int64_t epochs) const {
        return epochs * start_->steps_per_epoch;
    }

    std::int64_t epochs_;
    std::optional<StartEvent> start_ = {};
    std::int64_t epochs_done_ = 0;
    std::int64_t last_step_ = 0;  ///< of the last epoch
};

}  // namespace trilby::train
