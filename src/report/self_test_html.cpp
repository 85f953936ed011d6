// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <string>

#include "base/units.hpp"
#include "report/page.hpp"
#include "report/self_test_words.hpp"
#include "report/subject_facts.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::SelfTest;

Markup detection_row(const validate::FaultDetection& detection) {
    const validate::FaultInfo& fault = info_of(detection.fault);
    const std::string rate = detection.injected == 0 ? "" : rate_text(detection.rate());
    return Markup::format(
        "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td><td>{}</td><td>{}</td></tr>\n",
        fault.name, fault.meaning, detection.level, detection.injected, detection.detected, rate,
        times_text(detection));
}

Markup detection_table(const SelfTest& self_test) {
    Markup rows;
    for (const validate::FaultDetection& detection : self_test.by_fault_and_level()) {
        rows += detection_row(detection);
    }
    return table(
        "<th>Fault</th><th>What happens</th><th class=\"number\">Level</th>"
        "<th class=\"number\">Injected</th><th class=\"number\">Detected</th>"
        "<th>Rate, at 95 % confidence</th><th>Time to detection, median</th>",
        rows);
}

Markup alarm_table(const SelfTest& self_test) {
    Markup rows;
    for (const validate::CheckResult& alarm : self_test.false_alarms) {
        rows += Markup::format("<tr><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
                               alarm.planned.check->name, alarm.report.message, alarm.replay);
    }
    return table("<th>Check</th><th>What it reported</th><th>Run it again</th>", rows);
}

Markup other_ends_table(const SelfTest& self_test) {
    Markup rows;
    for (const NamedText& end : other_ends(self_test)) {
        rows += Markup::format("<tr><td>{}</td><td>{}</td></tr>\n", end.name, end.text);
    }
    return rows.empty()
               ? rows
               : Markup::format("<h2>Other ends</h2>\n<p>{}.</p>\n", other_ends_text(self_test)) +
                     table("<th>Check</th><th>Fault, and how it ended</th>", rows);
}

Markup untested_table(const SelfTest& self_test) {
    Markup rows;
    for (const validate::Untested& one : untested(self_test)) {
        rows += Markup::format("<tr><td>{}</td><td>{}</td></tr>\n", one.what, one.reason);
    }
    return table("<th>Not tried</th><th>Why</th>", rows);
}

Markup run_facts(const validate::SelfTestRun& run) {
    return fact_table(
        subject_facts(run.subject, run.machine, run.program_version) +
        fact("Started", run.started) + fact("Took", format_duration(run.seconds)) +
        fact("Level", level_and_trials_text(run)) +
        fact("Detected", detection_text(run.result.detected(), run.result.injected())) +
        fact("False alarms", false_alarms_text(run.result)));
}

}  // namespace

std::string to_html(const validate::SelfTestRun& run) {
    const SelfTest& result = run.result;
    const std::string title = fmt::format("Self-test on {}{}", run.subject.device_name,
                                          result.was_stopped ? ": stopped before its end" : "");
    return page(
        title, Markup::format("<h1>{}</h1>\n", title) + run_facts(run) +
                   "<h2>Detected faults</h2>\n" + Markup::format("<p>{}</p>\n", self_test_method) +
                   detection_table(result) + "<h2>False alarms</h2>\n" +
                   Markup::format("<p>{}.</p>\n", false_alarms_text(result)) + alarm_table(result) +
                   other_ends_table(result) + "<h2>Not covered</h2>\n" +
                   Markup::format("<p>{}</p>\n", self_test_limits) + untested_table(result));
}

}  // namespace trilby::report
