// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdio>
#include <filesystem>

#include "cli/run_dashboard.hpp"
#include "cli/status_sender.hpp"
#include "platform/interrupt.hpp"
#include "report/training_view.hpp"
#include "train/events.hpp"
#include "train/training_machine.hpp"

namespace trilby::cli {

/// Where a run is shown while this process trains it: lines or the dashboard, and Kubeflow Trainer.
class TrainingDisplay {
  public:
    struct Options {
        std::FILE* out = stdout;  ///< for the lines
        bool has_dashboard = false;
    };
    /// `interrupts` must outlive the display.
    TrainingDisplay(const Options& options, const std::filesystem::path& run,
                    const train::TrainingMachine& machine, platform::InterruptWatch& interrupts);

    void show(const train::Event& event);
    /// Makes room for other output: the dashboard is closed for good.
    void clear();
    /// After clear().
    [[nodiscard]] report::TrainingView& lines() { return lines_; }
    /// After all other output. Waits some seconds at most, and only for Kubeflow Trainer.
    void finish(const train::TrainingResult* result) { status_.finish(result); }

  private:
    void show_here(const train::Event& event);

    bool has_dashboard_;
    report::TrainingView lines_;
    TrainingDashboard dashboard_;
    StatusSender status_;
};

}  // namespace trilby::cli
