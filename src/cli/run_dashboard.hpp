// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "platform/full_screen.hpp"
#include "platform/interrupt.hpp"
#include "report/dashboard.hpp"
#include "train/events.hpp"
#include "train/metrics_reader.hpp"
#include "train/training_machine.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

/// ErrorCode::usage where standard output is not a terminal with a cursor that can be moved. The
/// hint says what to do `instead`.
[[nodiscard]] Result<void> require_screen(std::string instead);

/// A run whose files are read again and again. They may change, be damaged or disappear meanwhile.
class WatchedRun {
  public:
    explicit WatchedRun(std::filesystem::path folder);

    /// What cannot be read stays as it was.
    [[nodiscard]] Result<void> read();
    /// The same. The dashboard shows an error.
    void refresh();

    [[nodiscard]] report::Dashboard& shown() { return shown_; }

  private:
    [[nodiscard]] Result<void> read_metrics();

    std::filesystem::path folder_;
    train::MetricsReader metrics_;
    report::Dashboard shown_;
};

/// Shows a run on the whole window until the user quits. ErrorCode::interrupted after a signal.
[[nodiscard]] Result<void> watch_run(const std::filesystem::path& folder);

/// Shows a run that this process trains, until the user quits or close().
class TrainingDashboard {
  public:
    /// `interrupts` must outlive the dashboard.
    TrainingDashboard(std::filesystem::path folder, train::TrainingMachine machine,
                      platform::InterruptWatch& interrupts);

    [[nodiscard]] bool is_open() const { return screen_.has_value(); }
    void open(const train::StartEvent& event);
    /// Draws the run if it was not drawn just before, and reacts to keys. It must be open.
    void show(const train::Event& event);
    /// Gives the terminal back.
    void close() { screen_.reset(); }

  private:
    using Clock = std::chrono::steady_clock;

    void note(const train::ProgressEvent& event);
    void draw();

    WatchedRun run_;
    train::TrainingMachine machine_;
    platform::InterruptWatch& interrupts_;
    std::optional<platform::FullScreen> screen_;
    report::LiveProgress live_;
    std::int64_t first_step_ = 0;
    Clock::time_point started_;
    Clock::time_point next_refresh_;
};

}  // namespace trilby::cli
