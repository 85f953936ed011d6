// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Judges the check telemetry-cost, which times the same work with and without telemetry.

#pragma once

#include <cstdint>
#include <optional>

#include "validate/check_report.hpp"
#include "validate/issue.hpp"

namespace trilby::validate {

inline constexpr std::uint64_t least_pairs_to_judge = 4;

/// The part of a check of `seconds` that a window takes, with or without telemetry: long enough for
/// a speed, and so long that all pairs fit into the plot of a report.
[[nodiscard]] double window_part(double seconds);

/// A warning if the device loses much of its speed while its telemetry is read. Every pair of
/// windows must show it, so that other load on the machine, which comes and goes, does not.
[[nodiscard]] std::optional<Issue> judge_telemetry_cost(const CheckReport& report);

}  // namespace trilby::validate
