// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <fmt/format.h>
#include <string_view>

#include "base/units.hpp"
#include "report/markup.hpp"
#include "report/plot.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckReport;
using validate::CheckResult;
using validate::Verdict;

// Readable on paper, in dark mode and without color: every verdict is also a word.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--mild:#9a6700}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0}h2{font-size:1.1rem;margin:2rem 0 .3rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th[scope=row]{width:12rem}
code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
.pass,.passed{color:var(--good)}.skip,.not-run,.incomplete{color:var(--mild)}
.fail,.failed,.crash,.error,.time-out,.out-of-memory{color:var(--bad)}
.verdict{font-weight:600;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.5rem}
svg{width:100%;font:11px system-ui,sans-serif;fill:currentColor}
svg .grid{stroke:var(--line)}svg polyline{fill:none;stroke:#1f6feb;stroke-width:1.5}svg circle{fill:#1f6feb}
@media print{body{margin:0;max-width:none}section{break-inside:avoid}}
)";

std::string duration(double seconds) {
    return format_duration(std::chrono::duration<double>(seconds));
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, escaped(value));
}

std::string library_text(const json::object& libraries) {
    const json::value* libtorch = libraries.if_contains("libtorch");
    return libtorch != nullptr && libtorch->is_string()
               ? fmt::format("LibTorch {}", std::string_view(libtorch->get_string()))
               : "not known";
}

std::string system_text(const OperatingSystem& os) {
    return fmt::format("{}, kernel {}", os.pretty_name.value_or("unknown"),
                       os.kernel_release.value_or("unknown"));
}

std::string subject_table(const validate::Validation& validation) {
    const validate::Subject& subject = validation.subject;
    return "<table>\n" + fact("Device", subject.device_name) +
           (subject.pci_address.empty() ? "" : fact("PCI address", subject.pci_address)) +
           fact("Backend", fmt::format("{}, device {}, {} CPU threads", subject.backend,
                                       subject.device, subject.threads)) +
           fact("Libraries", library_text(subject.libraries)) +
           fact("System", system_text(validation.machine.os)) +
           fact("Trilby", validation.program_version) + fact("Started", validation.started) +
           fact("Took", duration(validation.seconds)) + fact("Level", level_text(validation)) +
           fact("Left out", left_out_text(validation)) + "</table>\n";
}

std::string verdict_cell(const CheckResult& result) {
    const std::string_view name = verdict_name(result.report.verdict);
    return fmt::format("<td class=\"verdict {0}\">{0}</td>", name);
}

std::string summary_row(const CheckResult& result) {
    const CheckReport& report = result.report;
    return fmt::format(
        "<tr><td><a href=\"#{0}\">{0}</a></td>{1}<td class=\"number\">{2}</td><td "
        "class=\"number\">{3}</td><td>{4}</td></tr>\n",
        result.planned.check->name, verdict_cell(result), format_count(report.values_compared),
        duration(result.seconds), escaped(report.message));
}

std::string summary_table(const validate::Validation& validation) {
    std::string rows;
    for (const CheckResult& result : validation.results) {
        rows += summary_row(result);
    }
    return "<table>\n<tr><th>Check</th><th>Verdict</th><th class=\"number\">Values "
           "compared</th><th class=\"number\">Time</th>"
           "<th></th></tr>\n" +
           rows + "</table>\n";
}

/// A value with its bits below it, if they are known.
std::string value_cell(const std::string& value, const std::string& bits) {
    return fmt::format("<td><code>{}</code>{}</td>", escaped(value),
                       bits.empty() ? "" : fmt::format("<br><code>{}</code>", escaped(bits)));
}

std::string mismatch_table(const CheckReport& report) {
    if (report.mismatches.empty()) {
        return {};
    }
    std::string rows;
    for (const validate::Mismatch& mismatch : report.mismatches) {
        rows += fmt::format("<tr><td>{}</td>{}{}</tr>\n", escaped(mismatch.where),
                            value_cell(mismatch.found, mismatch.found_bits),
                            value_cell(mismatch.expected, mismatch.expected_bits));
    }
    return fmt::format(
        "<p>{} of {} values {} wrong; the first of them:</p>\n<table>\n<tr><th>Where</th>"
        "<th>Found</th><th>Expected</th></tr>\n{}</table>\n",
        format_count(report.values_wrong), format_count(report.values_compared),
        report.values_wrong == 1 ? "is" : "are", rows);
}

std::string measurement_row(const validate::Measurement& measurement) {
    const std::string least =
        measurement.least ? fmt::format("at least {}; ", format_measure(*measurement.least)) : "";
    return fmt::format("<tr><td>{}</td><td class=\"number\">{} {}</td><td>{}{}</td></tr>\n",
                       escaped(measurement.name), format_measure(measurement.value),
                       escaped(measurement.unit), least, escaped(measurement.basis));
}

std::string measurement_table(const CheckReport& report) {
    std::string rows;
    for (const auto* const measurements : {&report.measurements, &report.telemetry}) {
        for (const validate::Measurement& measurement : *measurements) {
            rows += measurement_row(measurement);
        }
    }
    return rows.empty() ? rows
                        : "<table>\n<tr><th>Measured</th><th class=\"number\">Value</th><th></th>"
                          "</tr>\n" +
                              rows + "</table>\n";
}

std::string plots(const CheckReport& report) {
    std::string out;
    for (const validate::Series& series : report.series) {
        out += svg_plot(series);
    }
    return out.empty() ? out : "<div class=\"plots\">\n" + out + "</div>\n";
}

std::string list_of(std::string_view title, const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + escaped(name);
    }
    return out.empty() ? out : fmt::format("<p>{}: {}.</p>\n", title, out);
}

std::string paragraph_of(std::string_view title, std::string_view content) {
    return content.empty() ? std::string()
                           : fmt::format("<p>{}: <code>{}</code></p>\n", title, escaped(content));
}

std::string section(const CheckResult& result) {
    const validate::CheckInfo& check = *result.planned.check;
    const CheckReport& report = result.report;
    std::string out =
        fmt::format("<section id=\"{0}\">\n<h2>{0}: <span class=\"{1}\">{1}</span></h2>\n",
                    check.name, verdict_name(report.verdict)) +
        fmt::format("<p>It {}. It can find {}.</p>\n", escaped(check.summary),
                    escaped(check.finds));
    if (report.verdict != Verdict::pass) {
        out += fmt::format("<p class=\"{}\">{}</p>\n", verdict_name(report.verdict),
                           escaped(report.message));
    }
    if (result.persistence) {
        out += fmt::format("<p>The failure is {}.</p>\n", persistence_name(*result.persistence));
    }
    return out + mismatch_table(report) + measurement_table(report) + plots(report) +
           list_of("Covered", report.covered) + list_of("Not supported here", report.lacking) +
           paragraph_of("Run it again", result.replay) +
           paragraph_of("Last output of the worker", result.output) + "</section>\n";
}

}  // namespace

std::string to_html(const validate::Validation& validation) {
    const std::string_view conclusion = conclusion_name(conclude(validation));
    std::string out = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width\">\n<title>Validation of {0}: "
        "{1}</title>\n<style>{2}</style>\n"
        "<h1>Validation of {0}: <span class=\"{1}\">{1}</span></h1>\n",
        escaped(validation.subject.device_name), conclusion, style);
    out += subject_table(validation) + summary_table(validation);
    for (const CheckResult& result : validation.results) {
        out += section(result);
    }
    return out + "</html>\n";
}

std::string unfinished_html() {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<title>trilby validate: unfinished</title></head>\n"
           "<body><p>The validation did not finish.</p></body></html>\n";
}

}  // namespace trilby::report
