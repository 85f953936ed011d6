// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "report/machine_validation.hpp"
#include "report/markup.hpp"
#include "report/page.hpp"
#include "report/plot.hpp"
#include "report/subject_facts.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckReport;
using validate::CheckResult;
using validate::Verdict;

Markup subject_table(const validate::Validation& validation) {
    return fact_table(
        subject_facts(validation.subject, validation.machine, validation.program_version) +
        fact("Started", validation.started) + fact("Took", format_duration(validation.seconds)) +
        fact("Level", level_text(validation)) + fact("Left out", left_out_text(validation)));
}

Markup verdict_cell(const CheckResult& result) {
    const std::string_view name = verdict_name(result.report.verdict);
    return Markup::format("<td class=\"verdict {0}\">{0}</td>", name);
}

/// `anchor` tells the same check of several devices apart. The message has a row of its own, so
/// that it can be read on a narrow screen, too.
Markup summary_row(const CheckResult& result, const std::string& anchor) {
    const CheckReport& report = result.report;
    const Markup message =
        report.message.empty()
            ? Markup()
            : Markup::format("<tr><td colspan=\"4\">{}</td></tr>\n", report.message);
    return Markup::format(
               "<tr{4}><td><a href=\"#{5}{0}\">{0}</a></td>{1}<td class=\"number\">{2}</td><td "
               "class=\"number\">{3}</td></tr>\n",
               result.planned.check->name, verdict_cell(result),
               format_count(report.values_compared), format_duration(result.seconds),
               message.empty() ? Markup() : Markup(" class=\"continued\""), anchor) +
           message;
}

Markup summary_table(const std::vector<CheckResult>& results, const std::string& anchor) {
    Markup rows;
    for (const CheckResult& result : results) {
        rows += summary_row(result, anchor);
    }
    return table(
        "<th>Check</th><th>Verdict</th><th class=\"number\">Values compared</th>"
        "<th class=\"number\">Time</th>",
        rows);
}

/// A value with its bits below it, if they are known.
Markup value_cell(const std::string& value, const std::string& bits) {
    return Markup::format("<td><code>{}</code>{}</td>", value,
                          bits.empty() ? Markup() : Markup::format("<br><code>0x{}</code>", bits));
}

Markup mismatch_table(const CheckReport& report) {
    if (report.mismatches.empty()) {
        return {};
    }
    Markup rows;
    for (const validate::Mismatch& mismatch : report.mismatches) {
        rows += Markup::format("<tr><td>{}</td>{}{}</tr>\n", mismatch.where,
                               value_cell(mismatch.found, mismatch.found_bits),
                               value_cell(mismatch.expected, mismatch.expected_bits));
    }
    return Markup::format("<p>{}; the first of them:</p>\n", wrong_text(report)) +
           table("<th>Where</th><th>Found</th><th>Expected</th>", rows);
}

Markup issue_row(const validate::Issue& issue) {
    return Markup::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                          issue_kind_name(issue.kind), issue.where, issue.found, issue.expected,
                          issue.remedy);
}

Markup issue_table(const CheckResult& result) {
    Markup rows;
    for (const validate::Issue& issue : result.issues) {
        rows += issue_row(issue);
    }
    return table("<th>Kind</th><th>Where</th><th>Found</th><th>Expected</th><th>What to do</th>",
                 rows);
}

Markup measurement_row(const validate::Measurement& measurement) {
    const std::string least =
        measurement.least ? fmt::format("at least {}; ", format_measure(*measurement.least)) : "";
    return Markup::format("<tr><td>{}</td><td class=\"number\">{}</td><td>{}{}</td></tr>\n",
                          measurement.name, with_unit(measurement.value, measurement.unit), least,
                          measurement.basis);
}

Markup measurement_table(const CheckReport& report) {
    Markup rows;
    for (const auto* const measurements : {&report.measurements, &report.telemetry}) {
        for (const validate::Measurement& measurement : *measurements) {
            rows += measurement_row(measurement);
        }
    }
    return table("<th>Measured</th><th class=\"number\">Value</th><th></th>", rows);
}

Markup plots_of(const CheckReport& report) {
    Markup out;
    for (const validate::Series& series : report.series) {
        out += svg_plot(series);
    }
    return plots(out);
}

Markup list_of(std::string_view title, const std::vector<std::string>& names) {
    Markup out;
    for (const std::string& name : names) {
        out += Markup::format("{}{}", out.empty() ? "" : ", ", name);
    }
    return out.empty() ? out : Markup::format("<p>{}: {}.</p>\n", title, out);
}

Markup paragraph_of(std::string_view title, std::string_view content) {
    return content.empty() ? Markup()
                           : Markup::format("<p>{}: <code>{}</code></p>\n", title, content);
}

Markup error_table(const std::vector<validate::ErrorEvent>& errors) {
    Markup rows;
    for (const validate::ErrorEvent& event : errors) {
        rows += Markup::format(
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>"
            "<td>{}</td><td>{}</td><td>{}</td></tr>\n",
            event.counter, event.before, event.count, event.origin, event.meaning, event.remedy);
    }
    return table(
        "<th>Errors</th><th class=\"number\">Before</th><th class=\"number\">Now</th>"
        "<th>Fault of</th><th>Meaning</th><th>What to do</th>",
        rows);
}

/// What the device reports without a load.
Markup telemetry_tables(const validate::Subject& subject) {
    Markup rows;
    for (const std::string& reason :
         subject.idle.throttle_reasons.value_or(std::set<std::string>())) {
        rows += fact("slowed by " + reason, "before any load, so perhaps stuck");
    }
    for (const auto& [name, why] : unknown_facts(subject)) {
        rows += fact(name, "unknown: " + why);
    }
    const Markup tables = error_table(earlier_errors(subject.idle)) + fact_table(rows);
    return tables.empty() ? tables : Markup("<h2>Before the first check</h2>\n") + tables;
}

Markup section(const CheckResult& result, const std::string& anchor) {
    const validate::CheckInfo& check = *result.planned.check;
    const CheckReport& report = result.report;
    Markup out =
        Markup::format("<section id=\"{2}{0}\">\n<h2>{0}: <span class=\"{1}\">{1}</span></h2>\n",
                       check.name, verdict_name(report.verdict), anchor) +
        Markup::format("<p>It {}. It can find {}.</p>\n", check.summary, check.finds);
    if (report.verdict != Verdict::pass) {
        out += Markup::format("<p class=\"{}\">{}</p>\n", verdict_name(report.verdict),
                              report.message);
    }
    if (result.persistence) {
        out += Markup::format("<p>The failure is {}.</p>\n", persistence_text(result));
    }
    if (!result.hint.empty()) {
        out += Markup::format("<p>Hint: {}.</p>\n", result.hint);
    }
    if (result.library_blame) {
        out += Markup::format("<p>It passed in another environment: {}.</p>\n",
                              blame_text(*result.library_blame));
    }
    return out +
           paragraph_of("The smallest operation that ends so too", result.smallest.value_or("")) +
           issue_table(result) + mismatch_table(report) + error_table(result.errors) +
           measurement_table(report) + plots_of(report) + list_of("Covered", report.covered) +
           list_of("Not supported here", report.lacking) +
           paragraph_of("Run it again", result.replay) +
           paragraph_of("Last output of the worker", result.output) + "</section>\n";
}

Markup sections(const std::vector<CheckResult>& results, const std::string& anchor) {
    Markup out;
    for (const CheckResult& result : results) {
        out += section(result, anchor);
    }
    return out;
}

/// Everything about one device but the heading.
Markup content(const validate::Validation& validation, const std::string& anchor) {
    return subject_table(validation) + summary_table(validation.results, anchor) +
           telemetry_tables(validation.subject) + sections(validation.results, anchor);
}

Markup heading(std::string_view device, validate::Conclusion conclusion) {
    return Markup::format("<h1>Validation of {0}: <span class=\"{1}\">{1}</span></h1>\n", device,
                          conclusion_name(conclusion));
}

/// Results that are not those of a device beside the others.
Markup results_part(const std::vector<CheckResult>& results, std::string_view circumstances,
                    const std::string& anchor) {
    return results.empty() ? Markup()
                           : Markup::format("<p>{}:</p>\n", circumstances) +
                                 summary_table(results, anchor) + sections(results, anchor);
}

/// The beginning of the anchors of a device.
std::string anchor_of(std::size_t index) {
    return fmt::format("device-{}-", index);
}
std::string anchor_alone(std::size_t index) {
    return anchor_of(index) + "alone-";
}

Markup device_part(const validate::MachineValidation& validation, std::size_t index) {
    const validate::Validation& device = validation.devices[index];
    return heading("device " + device_text(device.machine, device.subject),
                   conclude(validation, index)) +
           content(device, anchor_of(index)) +
           results_part(validation.alone[index], "While the other devices were idle",
                        anchor_alone(index));
}

/// The checks that did not pass.
Markup failure_links(const std::vector<CheckResult>& results, const std::string& anchor) {
    Markup out;
    for (const CheckResult& result : results) {
        const Verdict verdict = result.report.verdict;
        if (verdict != Verdict::pass && verdict != Verdict::skip) {
            out += Markup::format("<a href=\"#{0}{1}\">{1}</a>: {2}<br>", anchor,
                                  result.planned.check->name, verdict_name(verdict));
        }
    }
    return out;
}

Markup device_table(const validate::MachineValidation& validation) {
    Markup rows;
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        const validate::Validation& device = validation.devices[i];
        rows += Markup::format(
            "<tr><td>{0}</td><td class=\"verdict {1}\">{1}</td><td>{2}{3}</td></tr>\n",
            device_text(device.machine, device.subject), conclusion_name(conclude(validation, i)),
            failure_links(device.results, anchor_of(i)),
            failure_links(validation.alone[i], anchor_alone(i)));
    }
    return table("<th>Device</th><th>Result</th><th>Not passed</th>", rows);
}

Markup speed_table(const validate::MachineValidation& validation) {
    Markup rows;
    for (const validate::SpeedAlone& speed : speeds_alone(validation)) {
        rows += Markup::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td>"
            "<td class=\"number\">{}</td></tr>\n",
            speed.device, speed.check, speed.name, with_unit(speed.together, speed.unit),
            with_unit(speed.alone, speed.unit));
    }
    return table(
        "<th>Device</th><th>Check</th><th>Speed</th><th class=\"number\">All together</th>"
        "<th class=\"number\">Alone</th>",
        rows);
}

/// Empty if it was not measured.
std::string speed_between(const std::vector<validate::PeerLink>& links, std::int64_t from,
                          std::int64_t to) {
    const auto found = std::ranges::find_if(
        links, [&](const validate::PeerLink& link) { return link.from == from && link.to == to; });
    return found == links.end() ? "" : format_measure(found->gigabytes_per_second);
}

/// A row for each device that was copied from, and a column for each that was copied to.
Markup link_table(const validate::MachineValidation& validation) {
    const std::vector<validate::PeerLink> links = peer_links(validation);
    if (links.empty()) {
        return {};
    }
    Markup head = "<th>From device</th>";
    Markup rows;
    for (const validate::Validation& one : validation.devices) {
        head += Markup::format("<th class=\"number\">to {}</th>", one.subject.device);
        Markup speeds;
        for (const validate::Validation& other : validation.devices) {
            speeds +=
                Markup::format("<td class=\"number\">{}</td>",
                               speed_between(links, one.subject.device, other.subject.device));
        }
        rows += Markup::format("<tr><td>{}</td>{}</tr>\n", one.subject.device, speeds);
    }
    const bool was_alone = std::ranges::all_of(links, &validate::PeerLink::was_alone);
    return Markup::format("<p>Copies in GB/s while {}:</p>\n",
                          was_alone ? "the other devices were idle" : "all devices were copying") +
           table(head, rows);
}

Markup relation_tables(const validate::MachineValidation& validation) {
    Markup facts;
    for (const validate::Outlier& outlier : validation.outliers) {
        facts += fact("Outlier", outlier_text(outlier));
    }
    if (validation.devices.size() > 1) {
        facts += fact("Bits", compared_bits_text(validation));
    }
    for (const validate::BitDifference& difference : validation.bits.differences) {
        facts += fact("Different bits", bit_difference_text(difference));
        facts += fact("Again", fmt::format("{}", fmt::join(difference.replay, "; ")));
    }
    for (const validate::UnseenCard& card : validation.unseen) {
        facts += fact("Not covered", fmt::format("{}. {}", unseen_text(card), card.remedy));
    }
    return fact_table(facts) + speed_table(validation) + link_table(validation);
}

}  // namespace

std::string to_html(const validate::Validation& validation) {
    const std::string& device = validation.subject.device_name;
    const validate::Conclusion conclusion = conclude(validation);
    return page(fmt::format("Validation of {}: {}", device, conclusion_name(conclusion)),
                heading(device, conclusion) + content(validation, ""));
}

std::string to_html(const validate::MachineValidation& validation) {
    const validate::Conclusion conclusion = conclude(validation);
    Markup out = heading("all devices", conclusion) +
                 Markup::format("<p>{}.</p>\n", counts_text(validation)) +
                 device_table(validation) + relation_tables(validation) +
                 results_part(validation.results, "All devices together", "machine-");
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        out += device_part(validation, i);
    }
    return page(fmt::format("Validation of all devices: {}", conclusion_name(conclusion)), out);
}

std::string unfinished_html() {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<title>trilby validate: unfinished</title></head>\n"
           "<body><p>The validation did not finish.</p></body></html>\n";
}

}  // namespace trilby::report
