// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/training_display.hpp"

#include <string>
#include <variant>

#include "base/print.hpp"

namespace trilby::cli {

TrainingDisplay::TrainingDisplay(const Options& options, const std::filesystem::path& run,
                                 const train::TrainingMachine& machine,
                                 platform::InterruptWatch& interrupts)
    : has_dashboard_(options.has_dashboard),
      lines_(options.out),
      dashboard_(run, machine, interrupts),
      status_([this](const std::string& reason) {
          clear();
          print_to(stderr,
                   "trilby: warning: Kubeflow Trainer does not get the progress of this run: {}\n",
                   reason);
      }) {}

void TrainingDisplay::show(const train::Event& event) {
    show_here(event);
    status_.take(event);
}

void TrainingDisplay::show_here(const train::Event& event) {
    if (dashboard_.is_open()) {
        dashboard_.show(event);
        return;
    }
    lines_.show(event);
    if (const auto* start = std::get_if<train::StartEvent>(&event);
        start != nullptr && has_dashboard_) {
        dashboard_.open(*start);
    }
}

void TrainingDisplay::clear() {
    dashboard_.close();
    lines_.clear_bar();
}

}  // namespace trilby::cli
