// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Output of a training run: a progress bar on a terminal, plain lines elsewhere.

#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/safe_text.hpp"
#include "report/progress_line.hpp"
#include "train/events.hpp"

namespace trilby::report {

/// "test accuracy 92.10 %", or that of the validation part if there is no test part.
[[nodiscard]] SafeText result_in_words(const train::TrainingResult& result);

/// "bfloat16: 1.70 times as fast as float32 in a trial"
[[nodiscard]] SafeText precision_in_words(const train::PrecisionUse& precision);

class TrainingView {
  public:
    /// Writes to `out`, which the caller owns.
    explicit TrainingView(std::FILE* out);

    void show(const train::Event& event);
    void show_result(const train::TrainingResult& result,
                     const std::vector<train::Baseline>& baselines);
    /// Removes the bar before other output.
    void clear_bar() { bar_.clear(); }

  private:
    using Clock = std::chrono::steady_clock;

    void show_one(const train::StartEvent& event);
    void show_one(const train::ProgressEvent& event);
    void show_one(const train::EpochEvent& event);
    void show_resumption(const train::StartEvent& event);
    void show_reading(const train::TrainingResult& result);
    void show_saving(const train::TrainingResult& result);
    void show_verification(const train::TrainingResult& result);
    void show_best_epoch(const train::TrainingResult& result);
    void show_baselines(const train::TrainingResult& result,
                        const std::vector<train::Baseline>& baselines);
    void warn(std::string_view message);

    std::FILE* out_;
    ProgressLine bar_;
    std::string metric_;  ///< the name of the deciding one
    std::string unit_;    ///< of the speed: "images"
    std::int64_t epochs_ = 1;
    std::int64_t steps_per_epoch_ = 1;
    std::int64_t first_step_ = 0;
    Clock::time_point started_ = Clock::now();
    Clock::time_point last_line_ = Clock::now();
};

}  // namespace trilby::report
