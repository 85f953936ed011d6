// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/markup.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckResult;
using validate::Verdict;

bool is_failure(const CheckResult& result) {
    return result.report.verdict == Verdict::fail;
}

/// A check that was skipped, whatever the reason.
bool is_skipped(const CheckResult& result) {
    return result.report.verdict == Verdict::skip;
}

/// A check that ended early or never ran, which must not look like a pass.
bool is_error(const CheckResult& result) {
    return result.report.verdict != Verdict::pass && !is_failure(result) && !is_skipped(result);
}

std::string issue_lines(const CheckResult& result) {
    std::string out;
    for (const validate::Issue& issue : result.issues) {
        out += fmt::format("{}{}{}\n", issue_line(issue),
                           issue.remedy.empty() ? "" : "; do: ", issue.remedy);
    }
    return out;
}

std::string details(const CheckResult& result) {
    std::string out = issue_lines(result);
    for (const validate::Mismatch& mismatch : result.report.mismatches) {
        out += fmt::format("{}: found {}, expected {}\n", mismatch.where, mismatch.found,
                           mismatch.expected);
    }
    for (const validate::ErrorEvent& event : result.errors) {
        out += fmt::format("{}\n", fmt::join(error_lines(event), "\n"));
    }
    if (result.smallest) {
        out += fmt::format("the smallest that ends so too: {}\n", *result.smallest);
    }
    return out + (result.replay.empty() ? "" : fmt::format("again: {}\n", result.replay)) +
           result.output;
}

/// What does not count as a failure.
std::string output(const CheckResult& result) {
    const std::string lines =
        (result.library_blame ? blame_text(*result.library_blame) + "\n" : "") +
        issue_lines(result);
    return lines.empty() ? lines : fmt::format("    <system-out>{}</system-out>\n", escaped(lines));
}

std::string body(const CheckResult& result) {
    const std::string message = escaped(result.report.message);
    if (is_skipped(result)) {
        return fmt::format("    <skipped message=\"{}\"/>\n", message) + output(result);
    }
    if (is_failure(result) || is_error(result)) {
        const std::string_view element = is_failure(result) ? "failure" : "error";
        return fmt::format("    <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", element,
                           verdict_name(result.report.verdict), message, escaped(details(result)));
    }
    return output(result);
}

}  // namespace

std::string to_junit(const validate::Validation& validation) {
    const auto& results = validation.results;
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuite name=\"trilby validate {}\" timestamp=\"{}\" tests=\"{}\" failures=\"{}\" "
        "errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
        escaped(validation.subject.device_name), validation.started.substr(0, 19), results.size(),
        std::ranges::count_if(results, is_failure), std::ranges::count_if(results, is_error),
        std::ranges::count_if(results, is_skipped), validation.seconds);
    for (const CheckResult& result : results) {
        out += fmt::format(
            "  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n{}  </testcase>\n",
            result.planned.check->family, result.planned.check->name, result.seconds, body(result));
    }
    return out + "</testsuite>\n";
}

std::string unfinished_junit() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<testsuite name=\"trilby validate\" tests=\"1\" failures=\"0\" errors=\"1\" "
           "skipped=\"0\" time=\"0\">\n"
           "  <testcase classname=\"trilby\" name=\"validate\" time=\"0\">\n"
           "    <error type=\"unfinished\" message=\"the validation did not finish\"/>\n"
           "  </testcase>\n"
           "</testsuite>\n";
}

}  // namespace trilby::report
