// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "base/units.hpp"
#include "report/machine_validation.hpp"
#include "report/signed_page.hpp"
#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckResult;
using validate::Validation;

SafeText verdict_line(const CheckResult& result) {
    const validate::CheckReport& report = result.report;
    const std::string name(verdict_name(report.verdict));
    if (report.verdict == validate::Verdict::pass) {
        const std::string blame =
            result.library_blame ? "; " + blame_text(*result.library_blame) : "";
        const std::string way = report.message.empty() ? "" : "; " + report.message;
        return page_line(result.planned.check->name,
                         fmt::format("{}: {} values compared in {}{}{}", name,
                                     format_count(report.values_compared),
                                     format_duration(result.seconds), way, blame));
    }
    return page_line(result.planned.check->name, fmt::format("{}: {}", name, report.message));
}

SafeText verdict_lines(const std::vector<CheckResult>& results) {
    SafeText out;
    for (const CheckResult& result : results) {
        out += verdict_line(result);
        for (const validate::Issue& issue : result.issues) {
            out += page_line("", issue_line(issue));
        }
        for (const validate::ErrorEvent& event : result.errors) {
            for (const std::string& line : error_lines(event)) {
                out += page_line("", line);
            }
        }
    }
    return out;
}

std::string threshold_text(const validate::Measurement& measurement) {
    const std::string least =
        measurement.least
            ? fmt::format("at least {} ({})", format_measure(*measurement.least), measurement.basis)
            : std::string("no threshold");
    return fmt::format("{}; {}", with_unit(measurement.value, measurement.unit), least);
}

SafeText measurement_lines(const std::vector<CheckResult>& results) {
    SafeText out;
    for (const CheckResult& result : results) {
        for (const validate::Measurement& measurement : result.report.measurements) {
            out += page_line(result.planned.check->name,
                             fmt::format("{}: {}", measurement.name, threshold_text(measurement)));
        }
    }
    return out;
}

SafeText title(const std::string& device, validate::Conclusion conclusion) {
    return title_lines(
        one_line(fmt::format("Validation of {}: {}", device, conclusion_name(conclusion))));
}

SafeText run_lines(const Validation& validation) {
    return page_line("started", fmt::format("{}, took {}", validation.started,
                                            format_duration(validation.seconds))) +
           page_line("level", level_text(validation)) +
           page_line("left out", left_out_text(validation));
}

SafeText threshold_lead() {
    return paragraph(
        "Values: exact, or within the error bounds of docs/validation.md. Speeds that "
        "were measured for a second or longer: at least 75 % of the first half in the "
        "second. Besides:",
        paper);
}

/// What differs between the devices of one machine.
SafeText device_lines(const validate::MachineValidation& validation, std::size_t index) {
    const Validation& device = validation.devices[index];
    SafeText out =
        page_heading(
            one_line(fmt::format("Device {}: {}", device_text(device.machine, device.subject),
                                 conclusion_name(conclude(validation, index))))) +
        subject_lines(device.machine, device.subject, device.program_version) +
        firmware_lines(device.machine, device.subject) + "\n" + verdict_lines(device.results);
    if (!validation.alone[index].empty()) {
        out += "\nWhile the other devices were idle:\n" + verdict_lines(validation.alone[index]);
    }
    return out + "\n" + measurement_lines(device.results);
}

}  // namespace

SafeText to_summary(const Validation& validation) {
    const Machine& machine = validation.machine;
    const validate::Subject& subject = validation.subject;
    return title(subject.device_name, conclude(validation)) +
           subject_lines(machine, subject, validation.program_version) + run_lines(validation) +
           digest_lines(to_json(validation)) + page_heading("Machine") + to_text(machine, paper) +
           firmware_lines(machine, subject) + page_heading("Verdicts") +
           verdict_lines(validation.results) + page_heading("Thresholds") + threshold_lead() +
           measurement_lines(validation.results) + signature_lines();
}

SafeText to_summary(const validate::MachineValidation& validation) {
    const Validation& first = validation.devices.front();
    SafeText out = title("all devices", conclude(validation)) +
                   page_line("devices", counts_text(validation)) + run_lines(first) +
                   digest_lines(to_json(validation)) + relations_text(validation, paper) +
                   page_heading("Machine") + to_text(first.machine, paper) +
                   page_heading("Thresholds") + threshold_lead();
    if (!validation.results.empty()) {
        out += page_heading("All devices together") + verdict_lines(validation.results) + "\n" +
               measurement_lines(validation.results);
    }
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        out += device_lines(validation, i);
    }
    return out + signature_lines();
}

std::string unfinished_summary() {
    return "The validation did not finish.\n";
}

}  // namespace trilby::report
