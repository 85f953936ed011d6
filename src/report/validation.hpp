// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A validation for people, for programs and for continuous integration, all from one result.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "report/layout.hpp"
#include "validate/comparison.hpp"
#include "validate/device_kind.hpp"
#include "validate/self_test.hpp"
#include "validate/validation.hpp"

namespace trilby::report {

/// Wide enough for the names of most checks.
inline constexpr std::size_t check_columns = 16;

/// "failure: WHERE: found FOUND, expected EXPECTED", without what to do.
[[nodiscard]] std::string issue_line(const validate::Issue& issue);

/// "50 GB/s", "1,240,000/s".
[[nodiscard]] std::string with_unit(double value, std::string_view unit);
/// "word 5: found 3 (0x03), expected 1 (0x01)".
[[nodiscard]] std::string mismatch_text(const validate::Mismatch& mismatch);
/// "1,024 of 16,777,216 values are wrong".
[[nodiscard]] std::string wrong_text(const validate::CheckReport& report);
/// How the failure repeats. Not for a result without persistence.
[[nodiscard]] std::string persistence_text(const validate::CheckResult& result);

/// "cuda, device 0, 8 CPU threads".
[[nodiscard]] std::string backend_text(const validate::Subject& subject);

/// A name and a text for people.
struct NamedText {
    std::string name;
    std::string text;
};
/// The libraries of a backend with their versions (docs/jobs.md).
[[nodiscard]] std::vector<NamedText> library_versions(const json::object& libraries);
/// The versions of drivers, and of the firmware of the card at `address`.
[[nodiscard]] std::vector<NamedText> firmware_versions(const Machine& machine,
                                                       const std::string& address);

/// One line for a finished check, followed by what was wrong with it.
[[nodiscard]] SafeText to_text(const validate::CheckResult& result, const Style& style);
/// "Xid 79: from 0 to 1; the GPU no longer answers (hardware)", then "do: reset the GPU".
[[nodiscard]] std::vector<std::string> error_lines(const validate::ErrorEvent& event);
/// What the device reports without a load: earlier errors with what they mean, reasons for
/// throttling, and what is unknown and why. The names are "errors", "throttled" and "unknown".
[[nodiscard]] std::vector<NamedText> telemetry_lines(const validate::Subject& subject);
/// The same as rows.
[[nodiscard]] SafeText telemetry_text(const validate::Subject& subject, const Style& style,
                                      std::size_t label_columns);
/// "3, NVIDIA H100 at 0000:1b:00.0", with the kind of a part of a card.
[[nodiscard]] std::string device_text(const Machine& machine, const validate::Subject& subject);
/// The conclusion and the counts of verdicts.
[[nodiscard]] SafeText summary_text(const validate::Validation& validation, const Style& style);
/// "2, seed 7", and the budget where one was given.
[[nodiscard]] std::string level_text(const validate::Validation& validation);
/// The checks that were not run, or "nothing".
[[nodiscard]] std::string left_out_text(const validate::Validation& validation);
/// Whose fault a crash was, and how to avoid it.
[[nodiscard]] std::string blame_text(const validate::LibraryBlame& blame);
/// What each check does and can find, and how long it takes.
[[nodiscard]] SafeText checks_text(const Style& style);

/// The document that docs/schemas/validation-1.schema.json describes.
[[nodiscard]] json::object to_json(const validate::Validation& validation);
[[nodiscard]] json::object checks_json();

/// The XML that continuous integration reads, as JUnit's Ant task wrote it.
[[nodiscard]] std::string to_junit(const validate::Validation& validation);

/// One self-contained page: verdicts, what was wrong, measurements and their plots.
[[nodiscard]] std::string to_html(const validate::Validation& validation);

/// One page of plain text to be signed: machine, firmware, versions, thresholds, verdicts, and the
/// digest of the JSON document that it belongs to.
[[nodiscard]] SafeText to_summary(const validate::Validation& validation);

/// What the three reports contain until the validation has ended: an error, never a pass.
[[nodiscard]] std::string unfinished_junit();
[[nodiscard]] std::string unfinished_html();
[[nodiscard]] std::string unfinished_summary();

[[nodiscard]] SafeText to_text(const validate::Comparison& comparison, const Style& style);
/// The document that docs/schemas/comparison-1.schema.json describes.
[[nodiscard]] json::object to_json(const validate::Comparison& comparison);

/// Detection by fault, by level and by check.
[[nodiscard]] SafeText to_text(const validate::SelfTest& self_test, const Style& style);
/// The document that docs/schemas/self-test-1.schema.json describes.
[[nodiscard]] json::object to_json(const validate::SelfTestRun& run);
/// A page for a browser, and one of plain text to be signed: machine, versions, how many faults of
/// each class were detected and when, false alarms, and what is not covered.
[[nodiscard]] std::string to_html(const validate::SelfTestRun& run);
[[nodiscard]] SafeText to_summary(const validate::SelfTestRun& run);

}  // namespace trilby::report
