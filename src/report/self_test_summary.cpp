// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <string>

#include "base/text.hpp"
#include "base/units.hpp"
#include "report/self_test_words.hpp"
#include "report/signed_page.hpp"
#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::SelfTest;

SafeText detection_lines(const validate::FaultDetection& detection) {
    const std::string times = times_text(detection);
    return page_line("", fmt::format("level {}: {}{}", detection.level,
                                     detection_text(detection.detected, detection.injected),
                                     times.empty() ? "" : "; " + times));
}

/// The meaning of each fault once, then its levels.
SafeText fault_lines(const SelfTest& self_test) {
    SafeText out;
    std::optional<validate::FaultClass> last;
    for (const validate::FaultDetection& detection : self_test.by_fault_and_level()) {
        if (detection.fault != last) {
            const validate::FaultInfo& fault = info_of(detection.fault);
            out += page_line(fault.name, fault.meaning);
            last = detection.fault;
        }
        out += detection_lines(detection);
    }
    return out;
}

SafeText alarm_lines(const SelfTest& self_test) {
    SafeText out = page_line("false alarms", false_alarms_text(self_test));
    for (const validate::CheckResult& alarm : self_test.false_alarms) {
        out += page_line(alarm.planned.check->name, one_line(alarm.report.message));
    }
    return out;
}

SafeText other_end_lines(const SelfTest& self_test) {
    SafeText out;
    for (const NamedText& end : other_ends(self_test)) {
        out += page_line(end.name, end.text);
    }
    return out.empty() ? out
                       : page_heading("Other ends") +
                             paragraph(other_ends_text(self_test) + ".", paper) + out;
}

SafeText untested_lines(const SelfTest& self_test) {
    SafeText out = paragraph(self_test_limits, paper);
    for (const validate::Untested& one : untested(self_test)) {
        out += paragraph(fmt::format("{}: {}", one.what, one.reason), paper);
    }
    return out;
}

}  // namespace

SafeText to_summary(const validate::SelfTestRun& run) {
    const SelfTest& result = run.result;
    const std::string title =
        one_line(fmt::format("Self-test on {}{}", run.subject.device_name,
                             result.was_stopped ? ": stopped before its end" : ""));
    return title_lines(title) + subject_lines(run.machine, run.subject, run.program_version) +
           page_line("started",
                     fmt::format("{}, took {}", run.started, format_duration(run.seconds))) +
           page_line("level", level_and_trials_text(run)) + digest_lines(to_json(run)) +
           page_heading("Machine") + to_text(run.machine, paper) +
           firmware_lines(run.machine, run.subject) + page_heading("Detected faults") +
           paragraph(self_test_method, paper) + "\n" + fault_lines(result) +
           page_line("all faults", detection_text(result.detected(), result.injected())) +
           page_heading("False alarms") + alarm_lines(result) + other_end_lines(result) +
           page_heading("Not covered") + untested_lines(result) + signature_lines();
}

}  // namespace trilby::report
