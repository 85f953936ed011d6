// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/self_test_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/safe_text.hpp"
#include "base/units.hpp"

namespace trilby::report {

std::string rate_text(const validate::Rate& rate) {
    return fmt::format("{:.2f} % ({:.2f} to {:.2f} %)", 100 * rate.value, 100 * rate.low,
                       100 * rate.high);
}

std::string times_text(const validate::FaultDetection& detection) {
    return detection.seconds.empty()
               ? std::string()
               : fmt::format("{}, 95 % within {}", format_duration(detection.median_seconds()),
                             format_duration(detection.most_seconds()));
}

std::string detection_text(std::uint64_t detected, std::uint64_t injected) {
    return injected == 0 ? std::string("not injected")
                         : fmt::format("{} of {} detected, {}", detected, injected,
                                       rate_text(validate::rate_of(detected, injected)));
}

std::string false_alarms_text(const validate::SelfTest& self_test) {
    return self_test.clean_runs == 0
               ? std::string("there was no run without a fault")
               : fmt::format("{} in {} without a fault, {}", self_test.false_alarms.size(),
                             counted(self_test.clean_runs, "run", "runs"),
                             rate_text(self_test.false_alarm_rate()));
}

std::vector<NamedText> other_ends(const validate::SelfTest& self_test) {
    std::vector<NamedText> out;
    for (const validate::SelfTestCell& cell : self_test.cells) {
        for (const validate::CheckResult& result : cell.others) {
            out.push_back({std::string(cell.check->name),
                           fmt::format("{} at level {}: {}: {}", fault_name(cell.fault), cell.level,
                                       verdict_name(result.report.verdict),
                                       one_line(result.report.message))});
        }
    }
    return out;
}

std::string other_ends_text(const validate::SelfTest& self_test) {
    const std::uint64_t ends = self_test.other_ends();
    return ends == 0
               ? std::string()
               : fmt::format(
                     "{} for another reason than the fault, and {} neither as injected nor "
                     "as detected",
                     counted(ends, "trial ended", "trials ended"), ends == 1 ? "counts" : "count");
}

std::string level_and_trials_text(const validate::SelfTestRun& run) {
    return fmt::format("{}; {} per fault and check, seed {}", fmt::join(run.levels, ", "),
                       counted(run.settings.trials, "trial", "trials"), run.settings.seed);
}

}  // namespace trilby::report
