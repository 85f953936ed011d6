// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "report/diagnosis.hpp"

namespace trilby::report {
namespace {

constexpr std::size_t label_columns = 10;
constexpr std::size_t step_columns = 12;
constexpr std::size_t explanation_columns = 2;

std::string plural(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Commands are indented below the sentences, and never folded, so that they can be copied.
std::string steps(const std::vector<std::string>& remedy, std::size_t indent, const Style& style) {
    std::string out;
    for (const std::string& step : remedy) {
        out += is_command(step) ? fmt::format("{:{}}{}\n", "", indent + 2, bold(step, style))
                                : row("", step, style, indent);
    }
    return out;
}

std::string rows(const Finding& finding, const Style& style) {
    std::string out = row(severity_name(finding.severity),
                          fmt::format("{}: {}", finding.id, finding.title), style, label_columns);
    for (const std::string& line : finding.evidence) {
        out += row("", fmt::format("found: {}", one_line(line, 1024)), style, label_columns);
    }
    out += row("", finding.why, style, label_columns);
    return out + row("", "fix:", style, label_columns) + steps(finding.remedy, step_columns, style);
}

/// The findings that disappear once their causes are fixed.
std::string consequence_rows(const Diagnosis& diagnosis, const Style& style) {
    if (diagnosis.consequences.empty()) {
        return {};
    }
    std::string out = row(
        "then",
        fmt::format("{} should go away as well:", plural(diagnosis.consequences.size(), "finding")),
        style, label_columns);
    for (const Finding& finding : diagnosis.consequences) {
        out += row("", fmt::format("{}: {}", finding.id, finding.title), style, label_columns);
    }
    return out + "\n";
}

std::string nothing_wrong(std::string_view family, const Style& style) {
    const auto conditions = known_conditions();
    const auto count = std::ranges::count_if(conditions, [&](const Explanation& condition) {
        return family.empty() || condition.family == family;
    });
    return paragraph(
        fmt::format("Nothing is wrong with this machine: none of {} conditions{} applies.", count,
                    family.empty() ? "" : fmt::format(" of the family {}", family)),
        style);
}

std::string summary(const Diagnosis& diagnosis) {
    const auto blocking =
        std::ranges::count(diagnosis.findings, Severity::blocks, &Finding::severity);
    const auto count = static_cast<std::ptrdiff_t>(diagnosis.findings.size());
    const std::string of_them = blocking == 0       ? "nothing blocks"
                                : blocking == count ? (count == 1 ? "which blocks" : "which block")
                                : blocking == 1     ? "of which 1 blocks"
                                                    : fmt::format("of which {} block", blocking);
    return fmt::format("{}, {}. More: trilby doctor --explain {}\n",
                       plural(diagnosis.findings.size(), "finding"), of_them,
                       diagnosis.findings.front().id);
}

/// Empty lines separate paragraphs.
std::string paragraphs(std::string_view text, const Style& style) {
    constexpr std::string_view separator = "\n\n";
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        out += paragraph(text.substr(0, end), style) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
    }
    return out;
}

}  // namespace

std::string to_text(const Diagnosis& diagnosis, std::string_view family, const Style& style) {
    if (diagnosis.findings.empty()) {
        return nothing_wrong(family, style);
    }
    std::string out;
    for (const Finding& finding : diagnosis.findings) {
        out += rows(finding, style) + "\n";
        if (&finding == &diagnosis.findings.front()) {
            out += consequence_rows(diagnosis, style);
        }
    }
    return out + summary(diagnosis);
}

std::string to_lines(const Diagnosis& diagnosis, const Style& style) {
    std::string out;
    for (const Finding& finding : diagnosis.findings) {
        out += row(severity_name(finding.severity),
                   fmt::format("{}: {}", finding.id, finding.title), style, label_columns);
    }
    return out;
}

std::string to_text(const Explanation& explanation, const Style& style) {
    std::string out = bold(fmt::format("{}: {}", explanation.id, explanation.title), style) +
                      fmt::format("\n{}, family {}\n\n", severity_name(explanation.severity),
                                  explanation.family) +
                      paragraph(explanation.why, style) + "\n" +
                      paragraphs(explanation.details, style);
    for (const Explanation::SystemRemedy& remedy : explanation.remedies) {
        out += fmt::format("For {}:\n", remedy.system);
        out += steps(remedy.steps, explanation_columns, style);
        out += "\n";
    }
    out.pop_back();
    return out;
}

std::string to_line(const Explanation& explanation, const Style& style) {
    return row(explanation.id,
               fmt::format("{}: {}", severity_name(explanation.severity), explanation.title), style,
               label_columns);
}

}  // namespace trilby::report
