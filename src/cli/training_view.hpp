// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Output of a training run: a progress bar on a terminal, plain lines elsewhere.

#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "base/json.hpp"
#include "platform/terminal.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

class TrainingView {
  public:
    /// Writes to `out`, which the caller owns.
    explicit TrainingView(std::FILE* out);

    /// Shows one event of the train job (docs/jobs.md). Unknown events are skipped.
    void show(const json::object& event);
    void show_result(const json::object& result);
    /// Removes the bar before other output.
    void clear_bar();

  private:
    using Clock = std::chrono::steady_clock;

    Result<void> start(const json::object& event);
    Result<void> progress(const json::object& event);
    Result<void> epoch(const json::object& event);
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
