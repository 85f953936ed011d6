// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The findings of one check, as the job `check` of a backend delivers them (docs/jobs.md).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "validate/verdict.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

/// A wrong value.
struct Mismatch {
    std::string where;          ///< operation, type and coordinates
    std::string expected;       ///< as a number; a range if there is a tolerance
    std::string found;          ///< as a number
    std::string expected_bits;  ///< hexadecimal, most significant first; empty if not one pattern
    std::string found_bits;
};

struct Measurement {
    std::string name;  ///< "triad"
    std::string unit;  ///< "GB/s"
    double value = 0;
    std::optional<double> least;  ///< what it must reach, where that is known
    std::string basis;            ///< the origin of `least`, or why there is none
    /// Of a CPU: the value without the time of waiting for a CPU that others used; it is compared
    /// with `least` instead of `value`.
    std::optional<double> unshared = {};
};

/// Points of a plot.
struct Series {
    std::string name;
    std::string x_label;  ///< with its unit, as y_label
    std::string y_label;
    std::vector<std::pair<double, double>> points;
};

/// All the work that a check has done. Its energy is compared with it.
struct AmountOfWork {
    std::string unit;  ///< "TFLOP"
    double amount = 0;
};

/// Identifies what a round computed, and from what.
struct RoundDigest {
    std::uint64_t round = 0;  ///< from 0
    std::string inputs;       ///< hexadecimal
    std::string results;      ///< hexadecimal

    bool operator==(const RoundDigest&) const = default;
};

struct CheckReport {
    Verdict verdict = Verdict::error;       ///< pass, fail or skip
    std::optional<SkipReason> skip_reason;  ///< with skip
    /// One sentence: what is wrong, why it was skipped, or in which of several ways it passed.
    std::string message;
    std::uint64_t rounds = 0;  ///< each with its own numbers
    std::uint64_t values_compared = 0;
    std::uint64_t values_wrong = 0;
    std::vector<Mismatch> mismatches;  ///< the first of the wrong values
    std::vector<std::string> covered;  ///< the types and operations that were checked
    std::vector<std::string> lacking;  ///< those that this device or library lacks
    std::vector<Measurement> measurements;
    std::vector<Measurement> telemetry;  ///< reported by the device meanwhile, never by a worker
    std::vector<Series> series;
    std::uint64_t faults_injected = 0;      ///< in a self-test
    std::optional<AmountOfWork> work = {};  ///< where it has a natural unit
    /// Digests of some rounds, if devices of one kind should compute the same bits.
    std::optional<std::vector<RoundDigest>> digests = {};
};

/// Adds a statement to the report; a false one makes it a failure.
void expect(CheckReport& report, bool holds, const std::string& what, const std::string& expected,
            const std::string& found);

[[nodiscard]] json::object to_json(const CheckReport& report);

/// Parses the report of a worker, which is not trusted. Errors are ErrorCode::bad_data and refer to
/// it as `where`.
[[nodiscard]] Result<CheckReport> parse_check_report(const json::object& document,
                                                     std::string_view where);
/// Parses only the measurements.
[[nodiscard]] Result<std::vector<Measurement>> parse_measurements(const json::object& document,
                                                                  std::string_view where);

}  // namespace trilby::validate
