// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_report.hpp"

#include <fmt/format.h>

#include "base/read_json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "validate/describe.hpp"

namespace trilby::validate {
namespace {

constexpr json::ReadLimits limits{.text_bytes = 1024, .rows = 4096};

/// A worker may only pass, fail, or skip with a reason.
Result<Verdict> read_verdict(const json::object& document, std::string_view where) {
    TRILBY_TRY(name, json::get_string(document, "verdict", where));
    const auto verdict = verdict_named(name);
    if (verdict == Verdict::skip) {
        TRILBY_CHECK(json::get_string(document, "skip_reason", where));
        return *verdict;
    }
    if (verdict == Verdict::pass || verdict == Verdict::fail) {
        return *verdict;
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: verdict is '{}', expected pass, skip or fail", where,
                               printable(name, 64)));
}

/// A pass must have compared or measured something, and found nothing wrong.
Result<void> check_claim(const CheckReport& report, std::string_view where) {
    if (report.values_wrong > report.values_compared) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: claims that {} of {} values are wrong", where,
                                   report.values_wrong, report.values_compared));
    }
    const bool did_nothing = report.values_compared == 0 && report.measurements.empty();
    if (report.verdict == Verdict::pass && (did_nothing || report.values_wrong != 0)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: claims to have passed with {} values compared and {} wrong",
                                   where, report.values_compared, report.values_wrong));
    }
    return {};
}

}  // namespace

void expect(CheckReport& report, bool holds, const std::string& what, const std::string& expected,
            const std::string& found) {
    report.covered.push_back(what);
    ++report.values_compared;
    if (holds) {
        return;
    }
    ++report.values_wrong;
    report.mismatches.push_back({what, expected, found, {}, {}});
    if (report.verdict != Verdict::fail) {
        report.verdict = Verdict::fail;
        report.message = fmt::format("{}: found {}, expected {}", what, found, expected);
    }
}

json::object to_json(const CheckReport& report) {
    return json::to_json(report, json::whole_texts);
}

Result<std::vector<Measurement>> parse_measurements(const json::object& document,
                                                    std::string_view where) {
    std::vector<Measurement> measurements;
    TRILBY_CHECK(json::Reader(limits).read(measurements, document, "measurements", where));
    return measurements;
}

Result<CheckReport> parse_check_report(const json::object& document, std::string_view where) {
    TRILBY_TRY(verdict, read_verdict(document, where));
    json::object trusted = document;
    trusted["telemetry"] = json::array();  // is read from the device, not from the worker
    if (verdict != Verdict::skip) {
        trusted.erase("skip_reason");
    }
    TRILBY_TRY(report, json::from_json<CheckReport>(trusted, where, limits));
    TRILBY_CHECK(check_claim(report, where));
    return std::move(report);
}

}  // namespace trilby::validate
