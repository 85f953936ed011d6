// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/machine_validation.hpp"
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

/// The counters that rose, whatever the verdict.
std::string counted_errors(const CheckResult& result) {
    std::string out;
    for (const validate::ErrorEvent& event : result.errors) {
        out += fmt::format("{}\n", fmt::join(error_lines(event), "\n"));
    }
    return out;
}

std::string details(const CheckResult& result) {
    std::string out = issue_lines(result);
    if (!result.report.mismatches.empty()) {
        out += wrong_text(result.report) + "\n";
    }
    for (const validate::Mismatch& mismatch : result.report.mismatches) {
        out += mismatch_text(mismatch) + "\n";
    }
    out += counted_errors(result);
    if (result.persistence) {
        out += persistence_text(result) + "\n";
    }
    if (result.smallest) {
        out += fmt::format("the smallest that ends so too: {}\n", *result.smallest);
    }
    out += result.hint.empty() ? "" : fmt::format("hint: {}\n", result.hint);
    return out + (result.replay.empty() ? "" : fmt::format("again: {}\n", result.replay)) +
           result.output;
}

/// What does not count as a failure.
std::string output(const CheckResult& result) {
    const bool has_way = result.report.verdict == Verdict::pass && !result.report.message.empty();
    const std::string lines =
        (has_way ? result.report.message + "\n" : "") +
        (result.library_blame ? blame_text(*result.library_blame) + "\n" : "") +
        issue_lines(result) + counted_errors(result);
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

constexpr const char* declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string case_of(const CheckResult& result) {
    return fmt::format(
        "  <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n{}  </testcase>\n",
        result.planned.check->family, result.planned.check->name, result.seconds, body(result));
}

/// What a device reports before the first check.
std::string output_at_rest(const validate::Subject& subject) {
    std::string lines;
    for (const NamedText& line : telemetry_lines(subject)) {
        lines += fmt::format("{}: {}\n", line.name, line.text);
    }
    return lines.empty() ? lines : fmt::format("  <system-out>{}</system-out>\n", escaped(lines));
}

/// The checks of one device, or of all together. `notes` is what else there is to say.
std::string suite_of(const validate::Validation& validation, const std::string& subject,
                     const std::vector<CheckResult>& results, const std::string& notes = {}) {
    std::string out = fmt::format(
        "<testsuite name=\"trilby validate {}\" timestamp=\"{}\" tests=\"{}\" failures=\"{}\" "
        "errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n",
        escaped(subject), validation.started.substr(0, 19), results.size(),
        std::ranges::count_if(results, is_failure), std::ranges::count_if(results, is_error),
        std::ranges::count_if(results, is_skipped), validation.seconds);
    for (const CheckResult& result : results) {
        out += case_of(result);
    }
    return out + notes + "</testsuite>\n";
}

struct Problem {
    std::string message;
    std::vector<std::string> commands = {};  ///< that show it again
};

/// A statement about the devices together.
std::string case_of(const std::string& name, std::string_view element,
                    const std::vector<Problem>& found) {
    std::string problems;
    for (const Problem& problem : found) {
        problems += fmt::format("    <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", element, name,
                                escaped(problem.message),
                                escaped(fmt::format("{}", fmt::join(problem.commands, "; "))));
    }
    return fmt::format(
        "  <testcase classname=\"machine\" name=\"{}\" time=\"0\">\n{}  </testcase>\n", name,
        problems);
}

std::string suite_of_machine(const validate::MachineValidation& validation) {
    std::vector<Problem> outliers;
    for (const validate::Outlier& outlier : validation.outliers) {
        outliers.push_back({outlier_text(outlier)});
    }
    std::vector<Problem> bits;
    for (const validate::BitDifference& difference : validation.bits.differences) {
        bits.push_back({bit_difference_text(difference), difference.replay});
    }
    std::vector<Problem> unseen;
    for (const validate::UnseenCard& card : validation.unseen) {
        unseen.push_back({unseen_text(card)});
    }
    return fmt::format(
               "<testsuite name=\"trilby validate machine\" tests=\"3\" failures=\"{}\" "
               "errors=\"{}\" skipped=\"0\" time=\"0\">\n",
               (outliers.empty() ? 0 : 1) + (bits.empty() ? 0 : 1), unseen.empty() ? 0 : 1) +
           case_of("outliers", "failure", outliers) + case_of("different-bits", "failure", bits) +
           case_of("not-covered", "error", unseen) + "</testsuite>\n";
}

}  // namespace

std::string to_junit(const validate::Validation& validation) {
    return declaration + suite_of(validation, validation.subject.device_name, validation.results,
                                  output_at_rest(validation.subject));
}

std::string to_junit(const validate::MachineValidation& validation) {
    std::string out = fmt::format("{}<testsuites name=\"trilby validate\">\n", declaration);
    for (std::size_t i = 0; i < validation.devices.size(); ++i) {
        const validate::Validation& device = validation.devices[i];
        out += suite_of(device, device_text(device.machine, device.subject), device.results,
                        output_at_rest(device.subject));
        if (!validation.alone[i].empty()) {
            out += suite_of(device, device_text(device.machine, device.subject) + ", alone",
                            validation.alone[i]);
        }
    }
    if (!validation.results.empty()) {
        out += suite_of(validation.devices.front(), "all devices together", validation.results);
    }
    return out + suite_of_machine(validation) + "</testsuites>\n";
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
