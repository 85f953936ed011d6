// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>

#include "base/units.hpp"
#include "report/self_test_words.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckReport;
using validate::CheckResult;
using validate::Verdict;

constexpr std::size_t most_mismatches = 3;

/// The result of a check that passed.
std::string achievement(const CheckReport& report) {
    if (report.rounds == 0) {
        return counted(report.values_compared, "fact is", "facts are") + " as expected";
    }
    if (report.measurements.empty()) {
        return fmt::format("{} values in {} round{}", format_count(report.values_compared),
                           format_count(report.rounds), report.rounds == 1 ? "" : "s");
    }
    std::string out;
    for (const validate::Measurement& measurement : report.measurements) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", measurement.name,
                           with_unit(measurement.value, measurement.unit));
    }
    return out;
}

/// The time that it took, and the energy where that is known.
std::string cost(const CheckResult& result) {
    std::string out = format_duration(result.seconds);
    for (const validate::Measurement& measurement : result.report.telemetry) {
        if (measurement.unit == "J" || measurement.unit.starts_with("J/")) {
            out += fmt::format(", {} {}", format_measure(measurement.value), measurement.unit);
        }
    }
    return out;
}

std::string headline(const CheckResult& result) {
    const CheckReport& report = result.report;
    const std::string verdict(verdict_name(report.verdict));
    if (report.verdict == Verdict::pass) {
        return fmt::format("{}: {} ({})", verdict, achievement(report), cost(result));
    }
    const std::string reason =
        report.skip_reason ? fmt::format(", {}", skip_reason_name(*report.skip_reason)) : "";
    return fmt::format("{}{}: {}", verdict, reason, report.message);
}

/// What was found and what to do. The headline may already be about a failure.
SafeText issue_text(const validate::Issue& issue, const std::string& headline, const Style& style) {
    SafeText out;
    if (!headline.starts_with(sentence(issue))) {
        out += row("", issue_line(issue), style, check_columns);
    }
    if (!issue.remedy.empty()) {
        out += row("", fmt::format("do: {}", issue.remedy), style, check_columns);
    }
    return out;
}

SafeText issue_texts(const CheckResult& result, const Style& style) {
    SafeText out;
    for (const validate::Issue& issue : result.issues) {
        out += issue_text(issue, result.report.message, style);
    }
    return out;
}

SafeText details(const CheckResult& result, const Style& style) {
    SafeText out;
    if (result.report.verdict == Verdict::pass && !result.report.message.empty()) {
        out += row("", result.report.message, style, check_columns);
    }
    out += issue_texts(result, style);
    const auto& mismatches = result.report.mismatches;
    if (!mismatches.empty()) {
        out += row("", wrong_text(result.report), style, check_columns);
    }
    for (std::size_t i = 0; i < std::min(mismatches.size(), most_mismatches); ++i) {
        // The headline may already be about the only one.
        if (const std::string text = mismatch_text(mismatches[i]); text != result.report.message) {
            out += row("", text, style, check_columns);
        }
    }
    for (const validate::ErrorEvent& event : result.errors) {
        for (const std::string& line : error_lines(event)) {
            out += row("", line, style, check_columns);
        }
    }
    if (result.persistence) {
        out += row("", persistence_text(result), style, check_columns);
    }
    if (result.smallest) {
        out += row("", fmt::format("the smallest that ends so too: {}", *result.smallest), style,
                   check_columns);
    }
    if (result.library_blame) {
        out += row("", blame_text(*result.library_blame), style, check_columns);
    }
    if (!result.hint.empty()) {
        out += row("", result.hint, style, check_columns);
    }
    if (!result.output.empty()) {
        out += row("", fmt::format("the worker said: {}", one_line(result.output, 1024)), style,
                   check_columns);
    }
    // Not folded, so that the command can be copied.
    if (!result.replay.empty()) {
        out += SafeText::format("{:{}}again: {}\n", "", check_columns, result.replay);
    }
    return out;
}

std::string count_of(const validate::Validation& validation, Verdict verdict) {
    const auto count = std::ranges::count_if(validation.results, [&](const CheckResult& result) {
        return result.report.verdict == verdict;
    });
    return count == 0 ? "" : fmt::format("{} {}", count, verdict_name(verdict));
}

std::string seconds_text(double seconds) {
    constexpr double noticeable = 0.1;
    return seconds == 0           ? "-"
           : seconds < noticeable ? fmt::format("<{} s", noticeable)
                                  : fmt::format("{:g} s", seconds);
}

/// The checks that missed faults of this class at this level.
std::string missed_text(const validate::SelfTest& self_test,
                        const validate::FaultDetection& detection) {
    std::string missed;
    for (const validate::SelfTestCell& cell : self_test.cells) {
        if (cell.fault == detection.fault && cell.level == detection.level &&
            cell.detected < cell.injected) {
            missed += fmt::format("{}{} {} of {}", missed.empty() ? "; missed by " : ", ",
                                  cell.check->name, cell.injected - cell.detected, cell.injected);
        }
    }
    return missed;
}

/// How many faults of one class were detected at one level, how soon, and which checks missed the
/// others.
std::string fault_text(const validate::SelfTest& self_test,
                       const validate::FaultDetection& detection) {
    if (detection.injected == 0) {
        return "not injected";
    }
    const std::string times = times_text(detection);
    return fmt::format("{} of {} injected{}{}", rate_text(detection.rate()), detection.injected,
                       times.empty() ? "" : "; " + times, missed_text(self_test, detection));
}

/// One line for each fault and level that was tried, and one for each fault that was not.
SafeText fault_lines(const validate::SelfTest& self_test, const Style& style) {
    constexpr std::size_t label_columns = check_columns + 2;
    const auto detections = self_test.by_fault_and_level();
    SafeText out;
    for (const validate::FaultInfo& fault : validate::known_faults()) {
        bool was_tried = false;
        for (const validate::FaultDetection& detection : detections) {
            if (detection.fault == fault.fault) {
                out += row(
                    was_tried ? "" : fault.name,
                    fmt::format("level {}: {}", detection.level, fault_text(self_test, detection)),
                    style, label_columns);
                was_tried = true;
            }
        }
        if (!was_tried) {
            out += row(fault.name, "not injected", style, label_columns);
        }
    }
    return out;
}

}  // namespace

std::string with_unit(double value, std::string_view unit) {
    const std::string number = format_measure(value);
    return unit.empty()    ? number
           : unit == "1/s" ? number + "/s"
                           : fmt::format("{} {}", number, unit);
}

std::string wrong_text(const CheckReport& report) {
    return fmt::format("{} of {} {} wrong", format_count(report.values_wrong),
                       counted(report.values_compared, "value", "values"),
                       report.values_wrong == 1 ? "is" : "are");
}

std::string mismatch_text(const validate::Mismatch& mismatch) {
    const auto bits = [](const std::string& pattern) {
        return pattern.empty() ? pattern : fmt::format(" (0x{})", pattern);
    };
    return fmt::format("{}: found {}{}, expected {}{}", mismatch.where, mismatch.found,
                       bits(mismatch.found_bits), mismatch.expected, bits(mismatch.expected_bits));
}

std::string persistence_text(const CheckResult& result) {
    const bool is_permanent = result.persistence == validate::Persistence::permanent;
    const std::string other =
        result.fails_with_other_seed
            ? fmt::format(", another {}", *result.fails_with_other_seed ? "failed too" : "passed")
            : "";
    return fmt::format("{}: the same seed {}{}", persistence_name(*result.persistence),
                       is_permanent ? "failed again" : "passed when tried again", other);
}

SafeText to_text(const CheckResult& result, const Style& style) {
    return row(result.planned.check->name, headline(result), style, check_columns) +
           details(result, style);
}

std::string device_text(const Machine& machine, const validate::Subject& subject) {
    const validate::DeviceKind kind = device_kind(machine, subject);
    const bool is_part = kind != validate::DeviceKind::cpu && kind != validate::DeviceKind::card;
    std::string notes(is_part ? device_kind_text(kind) : "");
    if (!subject.uuid.empty()) {
        notes += (notes.empty() ? "" : " ") + subject.uuid;
    }
    return fmt::format("{}, {}{}{}", subject.device, subject.device_name,
                       subject.pci_address.empty() ? "" : " at " + subject.pci_address,
                       notes.empty() ? "" : fmt::format(" ({})", notes));
}

SafeText summary_text(const validate::Validation& validation, const Style& style) {
    std::string counts;
    for (const Verdict verdict :
         {Verdict::pass, Verdict::skip, Verdict::not_run, Verdict::out_of_memory, Verdict::time_out,
          Verdict::error, Verdict::crash, Verdict::fail}) {
        if (const std::string count = count_of(validation, verdict); !count.empty()) {
            counts += (counts.empty() ? "" : ", ") + count;
        }
    }
    return bold(fmt::format("{}", conclusion_name(conclude(validation))), style) +
           SafeText::format(": {}; level {}, {}\n", counts, level_text(validation),
                            format_duration(validation.seconds));
}

std::string level_text(const validate::Validation& validation) {
    const auto& budget = validation.options.budget_seconds;
    return fmt::format("{}, seed {}{}", validation.options.level, validation.options.seed,
                       budget ? ", budget " + format_duration(*budget) : "");
}

std::string left_out_text(const validate::Validation& validation) {
    const auto names = left_out(validation);
    return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

std::string issue_line(const validate::Issue& issue) {
    return fmt::format("{}: {}", issue_kind_name(issue.kind), sentence(issue));
}

std::string blame_text(const validate::LibraryBlame& blame) {
    return fmt::format("without {}={}, {}. This is a defect of {} {}, not of the device: {} ({})",
                       blame.variable, blame.value, blame.failure, blame.library, blame.version,
                       blame.defect, blame.page);
}

SafeText checks_text(const Style& style) {
    SafeText out;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        out += row(check.name, std::string(check.summary), style, check_columns);
        out += row("", fmt::format("finds {}", check.finds), style, check_columns);
        out +=
            row("",
                fmt::format("family {}; takes {}, {}, {}, {} at levels 0, 1, 2, 3", check.family,
                            seconds_text(check.seconds_at(0)), seconds_text(check.seconds_at(1)),
                            seconds_text(check.seconds_at(2)), seconds_text(check.seconds_at(3))),
                style, check_columns);
    }
    return out;
}

SafeText to_text(const validate::SelfTest& self_test, const Style& style) {
    SafeText out = fault_lines(self_test, style);
    out += "\ndetected: ";
    out += self_test.injected() == 0 ? "no fault was injected\n"
                                     : SafeText::format("{}, at 95 % confidence\n",
                                                        rate_text(self_test.detection_rate()));
    out += self_test.clean_runs == 0
               ? "false alarms: there was no run without a fault\n"
               : SafeText::format("false alarms: {} in {} clean run{}: {}\n",
                                  self_test.false_alarms.size(), self_test.clean_runs,
                                  self_test.clean_runs == 1 ? "" : "s",
                                  rate_text(self_test.false_alarm_rate()));
    for (const CheckResult& alarm : self_test.false_alarms) {
        out += to_text(alarm, style);
    }
    if (const std::string ends = other_ends_text(self_test); !ends.empty()) {
        out += SafeText::format("other ends: {}\n", ends);
    }
    for (const NamedText& end : other_ends(self_test)) {
        out += row(end.name, end.text, style, check_columns);
    }
    if (self_test.was_stopped) {
        out += "stopped: the rest was not tried\n";
    }
    return out;
}

}  // namespace trilby::report
