// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_report.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::validate {
namespace {

constexpr std::size_t most_rows = 4096;
constexpr std::size_t most_text = 1024;

json::array texts_json(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::object mismatch_json(const Mismatch& mismatch) {
    return {{"where", mismatch.where},
            {"expected", mismatch.expected},
            {"found", mismatch.found},
            {"expected_bits", mismatch.expected_bits},
            {"found_bits", mismatch.found_bits}};
}

json::object measurement_json(const Measurement& measurement) {
    json::object out{{"name", measurement.name},
                     {"unit", measurement.unit},
                     {"value", measurement.value},
                     {"basis", measurement.basis}};
    if (measurement.least) {
        out["least"] = *measurement.least;
    }
    if (measurement.unshared) {
        out["unshared"] = *measurement.unshared;
    }
    return out;
}

json::array measurements_json(const std::vector<Measurement>& measurements) {
    json::array out;
    for (const Measurement& measurement : measurements) {
        out.push_back(measurement_json(measurement));
    }
    return out;
}

json::object series_json(const Series& series) {
    json::array points;
    for (const auto& [x, y] : series.points) {
        points.push_back({x, y});
    }
    return {{"name", series.name},
            {"x_label", series.x_label},
            {"y_label", series.y_label},
            {"points", std::move(points)}};
}

Result<std::string> get_text(const json::object& from, std::string_view key,
                             std::string_view where) {
    TRILBY_TRY(text, json::get_string(from, key, where));
    return printable(text, most_text);
}

Result<std::uint64_t> get_count(const json::object& from, std::string_view key,
                                std::string_view where) {
    TRILBY_TRY(count, json::get_integer(from, key, where));
    if (count < 0) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {} is {}, expected a count", where, key, count));
    }
    return static_cast<std::uint64_t>(count);
}

Result<std::optional<double>> get_optional_number(const json::object& from, std::string_view key,
                                                  std::string_view where) {
    if (!from.contains(key)) {
        return std::nullopt;
    }
    TRILBY_TRY(number, json::get_number(from, key, where));
    return number;
}

/// Every object of the array `key`, as `parse` reads one.
template <class T>
Result<std::vector<T>> get_rows(const json::object& from, std::string_view key,
                                std::string_view where,
                                Result<T> (*parse)(const json::value&, std::string_view)) {
    TRILBY_TRY(array, json::get_array(from, key, where));
    if (array.size() > most_rows) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: {} has {} entries, expected at most {}", where, key,
                                   array.size(), most_rows));
    }
    std::vector<T> out;
    for (const json::value& row : array) {
        TRILBY_TRY(parsed, parse(row, fmt::format("{}: {}", where, key)));
        out.push_back(std::move(parsed));
    }
    return out;
}

Result<std::string> parse_text(const json::value& row, std::string_view where) {
    if (!row.is_string()) {
        return failure(ErrorCode::bad_data, fmt::format("{}: expected texts", where));
    }
    return printable(std::string_view(row.get_string()), most_text);
}

Result<Mismatch> parse_mismatch(const json::value& row, std::string_view where) {
    TRILBY_TRY(from, json::as_object(row, where));
    TRILBY_TRY(place, get_text(from, "where", where));
    TRILBY_TRY(expected, get_text(from, "expected", where));
    TRILBY_TRY(found, get_text(from, "found", where));
    TRILBY_TRY(expected_bits, get_text(from, "expected_bits", where));
    TRILBY_TRY(found_bits, get_text(from, "found_bits", where));
    return Mismatch{place, expected, found, expected_bits, found_bits};
}

Result<Measurement> parse_measurement(const json::value& row, std::string_view where) {
    TRILBY_TRY(from, json::as_object(row, where));
    TRILBY_TRY(name, get_text(from, "name", where));
    TRILBY_TRY(unit, get_text(from, "unit", where));
    TRILBY_TRY(value, json::get_number(from, "value", where));
    TRILBY_TRY(basis, get_text(from, "basis", where));
    TRILBY_TRY(least, get_optional_number(from, "least", where));
    TRILBY_TRY(unshared, get_optional_number(from, "unshared", where));
    return Measurement{name, unit, value, least, basis, unshared};
}

Result<std::pair<double, double>> parse_point(const json::value& row, std::string_view where) {
    if (row.is_array() && row.get_array().size() == 2) {
        const json::object pair{{"x", row.get_array()[0]}, {"y", row.get_array()[1]}};
        TRILBY_TRY(x, json::get_number(pair, "x", where));
        TRILBY_TRY(y, json::get_number(pair, "y", where));
        return std::pair{x, y};
    }
    return failure(ErrorCode::bad_data, fmt::format("{}: expected pairs of numbers", where));
}

Result<Series> parse_series(const json::value& row, std::string_view where) {
    TRILBY_TRY(from, json::as_object(row, where));
    TRILBY_TRY(name, get_text(from, "name", where));
    TRILBY_TRY(x_label, get_text(from, "x_label", where));
    TRILBY_TRY(y_label, get_text(from, "y_label", where));
    TRILBY_TRY(points, get_rows(from, "points", where, parse_point));
    return Series{name, x_label, y_label, std::move(points)};
}

Result<Verdict> parse_verdict(const json::object& from, std::string_view where) {
    TRILBY_TRY(name, json::get_string(from, "verdict", where));
    const auto verdict = verdict_named(name);
    if (verdict == Verdict::pass || verdict == Verdict::skip || verdict == Verdict::fail) {
        return *verdict;
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: verdict is '{}', expected pass, skip or fail", where,
                               printable(name, 64)));
}

Result<std::optional<SkipReason>> parse_skip_reason(const json::object& from, Verdict verdict,
                                                    std::string_view where) {
    if (verdict != Verdict::skip) {
        return std::nullopt;
    }
    TRILBY_TRY(name, json::get_string(from, "skip_reason", where));
    const auto reason = skip_reason_named(name);
    if (!reason) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: unknown skip_reason '{}'", where, printable(name, 64)));
    }
    return reason;
}

/// A pass must have compared or measured something, and found nothing wrong.
Result<void> check_claim(const CheckReport& report, std::string_view where) {
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
    json::array mismatches;
    for (const Mismatch& mismatch : report.mismatches) {
        mismatches.push_back(mismatch_json(mismatch));
    }
    json::array series;
    for (const Series& one : report.series) {
        series.push_back(series_json(one));
    }
    json::object out{{"verdict", verdict_name(report.verdict)},
                     {"message", report.message},
                     {"rounds", report.rounds},
                     {"values_compared", report.values_compared},
                     {"values_wrong", report.values_wrong},
                     {"mismatches", std::move(mismatches)},
                     {"covered", texts_json(report.covered)},
                     {"lacking", texts_json(report.lacking)},
                     {"measurements", measurements_json(report.measurements)},
                     {"telemetry", measurements_json(report.telemetry)},
                     {"series", std::move(series)},
                     {"faults_injected", report.faults_injected}};
    if (report.skip_reason) {
        out["skip_reason"] = skip_reason_name(*report.skip_reason);
    }
    return out;
}

Result<std::vector<Measurement>> parse_measurements(const json::object& document,
                                                    std::string_view where) {
    return get_rows(document, "measurements", where, parse_measurement);
}

Result<CheckReport> parse_check_report(const json::object& document, std::string_view where) {
    CheckReport report;
    TRILBY_TRY(verdict, parse_verdict(document, where));
    report.verdict = verdict;
    TRILBY_TRY(skip_reason, parse_skip_reason(document, verdict, where));
    report.skip_reason = skip_reason;
    TRILBY_TRY(message, get_text(document, "message", where));
    report.message = message;
    TRILBY_TRY(rounds, get_count(document, "rounds", where));
    report.rounds = rounds;
    TRILBY_TRY(compared, get_count(document, "values_compared", where));
    report.values_compared = compared;
    TRILBY_TRY(wrong, get_count(document, "values_wrong", where));
    report.values_wrong = wrong;
    TRILBY_TRY(mismatches, get_rows(document, "mismatches", where, parse_mismatch));
    report.mismatches = std::move(mismatches);
    TRILBY_TRY(covered, get_rows(document, "covered", where, parse_text));
    report.covered = std::move(covered);
    TRILBY_TRY(lacking, get_rows(document, "lacking", where, parse_text));
    report.lacking = std::move(lacking);
    TRILBY_TRY(measurements, parse_measurements(document, where));
    report.measurements = std::move(measurements);
    TRILBY_TRY(series, get_rows(document, "series", where, parse_series));
    report.series = std::move(series);
    TRILBY_TRY(injected, get_count(document, "faults_injected", where));
    report.faults_injected = injected;
    TRILBY_CHECK(check_claim(report, where));
    return report;
}

}  // namespace trilby::validate
