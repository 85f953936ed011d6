// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/machine_view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/print.hpp"
#include "base/units.hpp"
#include "platform/terminal.hpp"
#include "report/progress.hpp"
#include "report/validation.hpp"

namespace trilby::cli {

MachineView::MachineView(std::FILE* out, const std::vector<validate::PlannedCheck>& plan)
    : out_(out), bar_(out) {
    const platform::Terminal terminal = platform::terminal_of(::fileno(out));
    style_ = {.columns = terminal.columns, .has_color = terminal.has_color};
    for (const validate::PlannedCheck& planned : plan) {
        planned_seconds_ += planned.seconds;
        has_health_ |= planned.check->name == validate::state_checks::health;
    }
}

void MachineView::show(const std::vector<validate::Validation>& devices) {
    constexpr std::size_t label_columns = 12;
    devices_ = devices.size();
    print(SafeText::format("backend     {}\n", devices.front().subject.backend) +
          report::device_list_text(devices, has_health_, style_, label_columns) +
          SafeText::format("computing   {}\n\n", format_duration(planned_seconds_)));
}

void MachineView::show(const validate::PlannedCheck& running, double part) {
    const std::string line =
        fmt::format("{:16}{}", running.check->name, report::bar(std::clamp(part, 0.0, 1.0)));
    const std::lock_guard lock(mutex_);
    if (check_ != running.check) {
        end_line();
    }
    bar_.show(SafeText(line.substr(0, static_cast<std::size_t>(std::max(0, style_.columns - 1)))));
}

void MachineView::show(std::int64_t device, const validate::CheckResult& result) {
    const std::lock_guard lock(mutex_);
    if (check_ != result.planned.check) {
        end_line();
        check_ = result.planned.check;
    }
    verdicts_.push_back({device, result.report.verdict});
    if (verdicts_.size() == devices_) {  // the next check may hang
        end_line();
    }
}

void MachineView::show(const validate::MachineValidation& validation) {
    const std::lock_guard lock(mutex_);
    end_line();
    print("\n" + report::to_text(validation, style_));
}

void MachineView::end_line() {
    if (!verdicts_.empty()) {
        print(report::step_text(*check_, std::exchange(verdicts_, {}), style_));
    }
}

void MachineView::print(const SafeText& text) {
    bar_.clear();
    print_to(out_, text);
    std::fflush(out_);
}

}  // namespace trilby::cli
