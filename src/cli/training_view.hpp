// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Output of a training run: a progress bar on a terminal, plain lines elsewhere.

#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "platform/terminal.hpp"
#include "train/events.hpp"

namespace trilby::cli {

class TrainingView {
  public:
    /// Writes to `out`, which the caller owns.
    explicit TrainingView(std::FILE* out);

    void show(const train::Event& event);
    void show_result(const train::TrainingResult& result);
    /// Removes the bar before other output.
    void clear_bar();

  private:
    using Clock = std::chrono::steady_clock;

    void show_one(const train::StartEvent& event);
    void show_one(const train::ProgressEvent& event);
    void show_one(const train::EpochEvent& event);
    void warn(std::string_view message);

    std::FILE* out_;
    platform::Terminal terminal_;
    bool has_bar_ = false;
    std::int64_t epochs_ = 1;
    std::int64_t steps_per_epoch_ = 1;
    std::int64_t first_step_ = 0;
    Clock::time_point started_ = Clock::now();
    Clock::time_point last_line_ = Clock::now();
};

}  // namespace trilby::cli
