// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "base/text.hpp"
#include "report/diagnosis.hpp"

namespace trilby::report {
namespace {

constexpr std::size_t step_columns = 12;
constexpr std::size_t explanation_columns = 2;

/// For text that programs read line by line.
Style unfolded(Style style) {
    style.columns = std::numeric_limits<int>::max();
    return style;
}

std::string plural(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// Commands are indented below the sentences, and never folded, so that they can be copied.
SafeText steps(const std::vector<std::string>& remedy, std::size_t indent, const Style& style) {
    SafeText out;
    for (const std::string& step : remedy) {
        out += is_command(step) ? SafeText::format("{:{}}{}\n", "", indent + 2, bold(step, style))
                                : row("", step, style, indent);
    }
    return out;
}

SafeText rows(const Finding& finding, const Style& style) {
    SafeText out = row(severity_name(finding.severity),
                       fmt::format("{}: {}", finding.id, finding.title), style);
    for (const std::string& line : finding.evidence) {
        out += row("", fmt::format("found: {}", one_line(line, 1024)), style);
    }
    out += row("", finding.why, style);
    return out + row("", "fix:", style) + steps(finding.remedy, step_columns, style);
}

/// The findings that disappear once their causes are fixed.
SafeText consequence_rows(const Diagnosis& diagnosis, const Style& style) {
    if (diagnosis.consequences.empty()) {
        return {};
    }
    SafeText out = row(
        "then",
        fmt::format("{} should go away as well:", plural(diagnosis.consequences.size(), "finding")),
        style);
    for (const Finding& finding : diagnosis.consequences) {
        out += row("", fmt::format("{}: {}", finding.id, finding.title), style);
    }
    return out + "\n";
}

/// The conditions of `family` may hold although they were not found.
bool is_hidden_by(const UnreadFacts& unread, std::string_view family) {
    return std::ranges::find(unread.families, family) != unread.families.end();
}

bool can_be_judged(const Diagnosis& diagnosis, std::string_view family) {
    return std::ranges::none_of(
        diagnosis.unread, [&](const UnreadFacts& unread) { return is_hidden_by(unread, family); });
}

/// The facts that the conditions of `family`, or of all families, lack.
SafeText unread_rows(const Diagnosis& diagnosis, std::string_view family, const Style& style) {
    SafeText out;
    for (const UnreadFacts& unread : diagnosis.unread) {
        if (family.empty() || is_hidden_by(unread, family)) {
            out +=
                row("", fmt::format("{}: {}", unread.name, one_line(unread.reason, 1024)), style);
        }
    }
    return out.empty() ? out
                       : paragraph(
                             "Some problems may have gone undetected, because this could not be "
                             "read:",
                             style) +
                             out;
}

SafeText nothing_found(const Diagnosis& diagnosis, std::string_view family, const Style& style) {
    std::size_t known = 0;
    std::size_t judged = 0;
    for (const ConditionFamily& one : known_families()) {
        if (family.empty() || one.name == family) {
            known += one.conditions;
            judged += can_be_judged(diagnosis, one.name) ? one.conditions : 0;
        }
    }
    const std::string of_family = family.empty() ? "" : fmt::format(" of the family {}", family);
    if (judged == 0) {
        return paragraph(fmt::format("No condition{} could be judged.", of_family), style);
    }
    if (judged == 1) {
        return paragraph(fmt::format("The only condition{} does not apply.", of_family), style);
    }
    const char* claim =
        judged == known && family.empty() ? "Nothing is wrong with this machine: none" : "None";
    return paragraph(fmt::format("{} of {} conditions{}{} applies.", claim, judged, of_family,
                                 judged == known ? "" : " that could be judged"),
                     style);
}

SafeText summary(const Diagnosis& diagnosis) {
    const auto blocking =
        std::ranges::count(diagnosis.findings, Severity::blocks, &Finding::severity);
    const std::string of_them = blocking == 0   ? "none blocks"
                                : blocking == 1 ? "1 blocks"
                                                : fmt::format("{} block", blocking);
    return SafeText::format("{} ({}). More: trilby doctor --explain {}\n",
                            plural(diagnosis.findings.size(), "finding"), of_them,
                            diagnosis.findings.front().id);
}

/// Empty lines separate paragraphs.
SafeText paragraphs(std::string_view text, const Style& style) {
    constexpr std::string_view separator = "\n\n";
    SafeText out;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        out += paragraph(text.substr(0, end), style) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + separator.size());
    }
    return out;
}

}  // namespace

SafeText to_text(const Diagnosis& diagnosis, std::string_view family, const Style& style) {
    const SafeText unread = unread_rows(diagnosis, family, style);
    if (diagnosis.findings.empty()) {
        return nothing_found(diagnosis, family, style) + unread;
    }
    SafeText out;
    for (const Finding& finding : diagnosis.findings) {
        out += rows(finding, style) + "\n";
        if (&finding == &diagnosis.findings.front()) {
            out += consequence_rows(diagnosis, style);
        }
    }
    return out + summary(diagnosis) + unread;
}

SafeText to_lines(const Diagnosis& diagnosis, const Style& style) {
    SafeText out;
    for (const Finding& finding : diagnosis.findings) {
        out += row(severity_name(finding.severity),
                   fmt::format("{}: {}", finding.id, finding.title), unfolded(style));
    }
    return out;
}

SafeText to_text(const Explanation& explanation, const Style& style) {
    SafeText out = bold(fmt::format("{}: {}", explanation.id, explanation.title), style) +
                   SafeText::format("\n{}, family {}\n\n", severity_name(explanation.severity),
                                    explanation.family) +
                   paragraph(explanation.why, style) + "\n" +
                   paragraphs(explanation.details, style);
    SafeText separator;
    for (const Explanation::SystemRemedy& remedy : explanation.remedies) {
        out += separator + SafeText::format("For {}:\n", remedy.system) +
               steps(remedy.steps, explanation_columns, style);
        separator = "\n";
    }
    return out;
}

SafeText to_text(std::string_view counter, const ErrorMeaning& meaning, const Style& style) {
    return bold(fmt::format("{}: {}", counter, meaning.meaning), style) +
           SafeText::format("\nfault of: {}\n\n", error_origin_name(meaning.origin)) +
           row("do:", meaning.remedy, style, 5);
}

SafeText to_line(const Explanation& explanation, const Style& style) {
    return row(explanation.id,
               fmt::format("{}: {}", severity_name(explanation.severity), explanation.title),
               unfolded(style));
}

}  // namespace trilby::report
