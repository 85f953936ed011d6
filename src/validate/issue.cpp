// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/issue.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "base/enum_name.hpp"
#include "base/units.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {

std::string_view issue_kind_name(IssueKind kind) {
    return enum_name(kind);
}

std::string sentence(const Issue& issue) {
    if (issue.kind == IssueKind::unknown) {
        return fmt::format("{}: {}", issue.where, issue.found);
    }
    return issue.expected.empty()
               ? fmt::format("{}: found {}", issue.where, issue.found)
               : fmt::format("{}: found {}, expected {}", issue.where, issue.found, issue.expected);
}

void Judgment::expect(bool holds, Issue issue) {
    if (holds) {
        accept();
    } else {
        add(std::move(issue));
    }
}

std::vector<Issue> Judgment::issues() const {
    std::vector<Issue> sorted = issues_;
    std::ranges::stable_sort(sorted, std::ranges::greater(), &Issue::kind);
    return sorted;
}

CheckReport Judgment::report() const {
    const auto of_kind = [&](IssueKind kind) {
        return static_cast<std::uint64_t>(std::ranges::count(issues_, kind, &Issue::kind));
    };
    CheckReport report;
    report.values_wrong = of_kind(IssueKind::failure);
    report.values_compared = accepted_ + of_kind(IssueKind::warning) + report.values_wrong;
    report.verdict = Verdict::pass;
    if (report.values_wrong > 0) {
        report.verdict = Verdict::fail;
        report.message = sentence(*std::ranges::find(issues_, IssueKind::failure, &Issue::kind));
        if (report.values_wrong > 1) {
            report.message += fmt::format(
                ", and {}", counted(report.values_wrong - 1, "other issue", "other issues"));
        }
    } else if (report.values_compared == 0) {
        report.verdict = Verdict::skip;
        report.skip_reason = SkipReason::not_permitted;
        report.message = "the system reports nothing that could be judged";
    }
    return report;
}

}  // namespace trilby::validate
