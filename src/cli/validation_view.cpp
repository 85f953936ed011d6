// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/validation_view.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/print.hpp"
#include "base/units.hpp"
#include "platform/terminal.hpp"
#include "report/progress.hpp"
#include "report/validation.hpp"

namespace trilby::cli {

ValidationView::ValidationView(std::FILE* out, const std::vector<validate::PlannedCheck>& plan)
    : out_(out), bar_(out) {
    const platform::Terminal terminal = platform::terminal_of(::fileno(out));
    style_ = {.columns = terminal.columns, .has_color = terminal.has_color};
    for (const validate::PlannedCheck& planned : plan) {
        planned_seconds_ += planned.seconds;
        has_health_ |= planned.check->name == validate::state_checks::health;
    }
}

void ValidationView::show(const Machine& machine, const validate::Subject& subject) {
    constexpr std::size_t label_columns = 12;
    print(SafeText::format("backend     {}\ndevice      {}\nthreads     {}\ncomputing   {}\n",
                           subject.backend, report::device_text(machine, subject), subject.threads,
                           format_duration(planned_seconds_)) +
          (has_health_ ? SafeText() : report::telemetry_text(subject, style_, label_columns)) +
          "\n");
}

void ValidationView::show(const validate::PlannedCheck& running, double part) {
    const std::string line =
        fmt::format("{:16}{}", running.check->name, report::bar(std::clamp(part, 0.0, 1.0)));
    bar_.show(SafeText(line.substr(0, static_cast<std::size_t>(std::max(0, style_.columns - 1)))));
}

void ValidationView::show(const validate::CheckResult& result) {
    print(report::to_text(result, style_));
}

void ValidationView::show(const validate::SelfTestCell& cell) {
    print(SafeText::format(
        "{:16}{:17}detected {} of {} injected{}\n", cell.check->name, fault_name(cell.fault),
        cell.detected, cell.injected,
        cell.others.empty() ? "" : fmt::format(", {} ended otherwise", cell.others.size())));
}

void ValidationView::show(const validate::Validation& validation) {
    print("\n" + report::summary_text(validation, style_));
}

void ValidationView::show(const validate::Comparison& comparison) {
    print("\n" + report::to_text(comparison, style_));
}

void ValidationView::print(const SafeText& text) {
    clear();
    print_to(out_, text);
    std::fflush(out_);
}

}  // namespace trilby::cli
