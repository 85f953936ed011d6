// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compares two results of `trilby validate --json`: before and after an update, or two cards.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "validate/bit_differences.hpp"
#include "validate/validation.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

struct PastCheck {
    std::string name;
    Verdict verdict = Verdict::not_run;
    std::vector<Measurement> measurements;
    std::vector<RoundDigest> digests = {};
};

/// The parts of an earlier validation that a comparison needs.
struct PastValidation {
    std::string device_name;
    std::string started;
    std::int64_t level = 1;
    std::vector<PastCheck> checks;
    std::optional<BitConditions> conditions = {};  ///< known if there are digests
};

/// The file is not trusted: anything but a result is ErrorCode::bad_data.
[[nodiscard]] Result<PastValidation> read_past_validation(const std::filesystem::path& path);
[[nodiscard]] Result<PastValidation> parse_past_validation(std::string_view text,
                                                           std::string_view where);

/// The same parts of a new validation.
[[nodiscard]] PastValidation past_of(const Validation& validation);

struct MeasurementChange {
    std::string name;
    std::string unit;
    double before = 0;            ///< without the share of other programs, if both runs know it
    std::optional<double> after;  ///< absent if it was not measured, which is worse
    bool is_worse = false;
    bool is_noisy = false;  ///< other programs used the device in one of the runs
};

struct CheckChange {
    std::string check;
    std::optional<Verdict> before;  ///< absent if it was not among the checks
    std::optional<Verdict> after;
    bool is_worse = false;  ///< in its verdict, or because it is missing
    std::vector<MeasurementChange> measurements;
    /// Compared if both checks passed under the same conditions. A difference is worth a second
    /// look, but not worse by itself: another version of a BLAS library, or a variable that selects
    /// its code, changes bits as well.
    RoundComparison bits = {};
};

struct Comparison {
    PastValidation before;
    PastValidation after;
    std::vector<CheckChange> checks;

    /// Whether any verdict is worse, or any speed or time by more than `noticeable_change`.
    [[nodiscard]] bool is_worse() const;
    [[nodiscard]] bool is_noisy() const;
};

/// Speeds with a smaller relative difference count as equal.
inline constexpr double noticeable_change = 0.1;
/// A device that reached a smaller part of its unshared speed also worked for other programs.
inline constexpr double quiet_share = 0.8;

[[nodiscard]] Comparison compare(PastValidation before, PastValidation after);

}  // namespace trilby::validate
