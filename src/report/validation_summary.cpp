// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

#include "base/sha256.hpp"
#include "base/units.hpp"
#include "report/machine_validation.hpp"
#include "report/text.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckResult;
using validate::Validation;

// For plain paper: no color, and no wider than a letter.
constexpr Style paper{.columns = 80, .has_color = false};

SafeText line(std::string_view label, std::string_view text) {
    return row(label, text, paper, check_columns);
}

SafeText heading(std::string_view text) {
    return SafeText::format("\n{}\n{:-<{}}\n", text, "", text.size());
}

/// The digest of the document that --json prints, which ties the page to one result.
std::string digest_of(const json::object& printed) {
    const std::string document = json::pretty(printed);
    Sha256 sha256;
    sha256.update(std::as_bytes(std::span(document)));
    return sha256.finish();
}

SafeText lines_of(const std::vector<NamedText>& versions) {
    SafeText out;
    for (const NamedText& version : versions) {
        out += line(version.name, version.text);
    }
    return out;
}

SafeText subject_lines(const Validation& validation) {
    const validate::Subject& subject = validation.subject;
    const std::string on_bus =
        subject.pci_address.empty() ? "" : fmt::format(" at {}", subject.pci_address);
    return line("device", subject.device_name + on_bus) +
           line("kind", device_kind_text(device_kind(validation.machine, subject))) +
           line("backend", fmt::format("{}, device {}, {} CPU threads", subject.backend,
                                       subject.device, subject.threads)) +
           lines_of(library_versions(subject.libraries)) +
           line("trilby", validation.program_version) +
           telemetry_text(subject, paper, check_columns);
}

SafeText verdict_line(const CheckResult& result) {
    const validate::CheckReport& report = result.report;
    const std::string name(verdict_name(report.verdict));
    if (report.verdict == validate::Verdict::pass) {
        const std::string blame =
            result.library_blame ? "; " + blame_text(*result.library_blame) : "";
        return line(result.planned.check->name,
                    fmt::format("{}: {} values compared in {}{}", name,
                                format_count(report.values_compared),
                                format_duration(result.seconds), blame));
    }
    return line(result.planned.check->name, fmt::format("{}: {}", name, report.message));
}

SafeText verdict_lines(const std::vector<CheckResult>& results) {
    SafeText out;
    for (const CheckResult& result : results) {
        out += verdict_line(result);
        for (const validate::Issue& issue : result.issues) {
            out += line("", issue_line(issue));
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

SafeText measurement_lines(const Validation& validation) {
    SafeText out;
    for (const CheckResult& result : validation.results) {
        for (const validate::Measurement& measurement : result.report.measurements) {
            out += line(result.planned.check->name,
                        fmt::format("{}: {}", measurement.name, threshold_text(measurement)));
        }
    }
    return out;
}

SafeText title(const std::string& device, validate::Conclusion conclusion) {
    const std::string text =
        one_line(fmt::format("Validation of {}: {}", device, conclusion_name(conclusion)));
    return SafeText::format("{}\n{:=<{}}\n\n", text, "", text.size());
}

SafeText digest_lines(const json::object& printed) {
    return line("result", "SHA-256 of the JSON document:") +
           SafeText::format("{:{}}{}\n", "", check_columns, digest_of(printed));
}

SafeText run_lines(const Validation& validation) {
    return line("started", fmt::format("{}, took {}", validation.started,
                                       format_duration(validation.seconds))) +
           line("level", level_text(validation)) + line("left out", left_out_text(validation));
}

SafeText threshold_lead() {
    return paragraph(
        "Values: exact, or within the error bounds of docs/validation.md. Speeds that "
        "were measured for a second or longer: at least 75 % of the first half in the "
        "second. Besides:",
        paper);
}

SafeText signature_lines() {
    return heading("Signed off") +
           "\nname       ______________________________\n"
           "\ndate       ______________________________\n"
           "\nsignature  ______________________________\n";
}

/// What differs between the devices of one machine.
SafeText device_part(const validate::MachineValidation& validation, std::size_t index) {
    const Validation& device = validation.devices[index];
    SafeText out =
        heading(one_line(fmt::format("Device {}: {}", device_text(device.machine, device.subject),
                                     conclusion_name(conclude(validation, index))))) +
        subject_lines(device) +
        lines_of(firmware_versions(device.machine, device.subject.pci_address)) + "\n" +
        verdict_lines(device.results);
    if (!validation.alone[index].empty()) {
        out += "\nWhile the other devices were idle:\n" + verdict_lines(validation.alone[index]);
    }
    return out + "\n" + measurement_lines(device);
}

}  // namespace

SafeText to_summary(const Validation& validation) {
    return title(validation.subject.device_name, conclude(validation)) + subject_lines(validation) +
           run_lines(validation) + digest_lines(to_json(validation)) + heading("Machine") +
           to_text(validation.machine, paper) +
           lines_of(firmware_versions(validation.machine, validation.subject.pci_address)) +
           heading("Verdicts") + verdict_lines(validation.results) + heading("Thresholds") +
           threshold_lead() + measurement_lines(validation) + signature_lines();
}

SafeText to_summary(const validate::MachineValidation& validation) {
    const Validation& first = validation.devices.front();
    SafeText out = title("all devices", conclude(validation)) +
                   line("devices", counts_text(validation)) + run_lines(first) +
                   digest_lines(to_json(validation)) + relations_text(validation, paper) +
                   heading("Machine") + to_text(first.machine, paper) + heading("Thresholds") +
                   threshold_lead();
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        out += device_part(validation, i);
    }
    return out + signature_lines();
}

std::string unfinished_summary() {
    return "The validation did not finish.\n";
}

}  // namespace trilby::report
