// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks of `trilby validate`, as data.

#pragma once

#include <array>
#include <span>
#include <string_view>

#include "validate/fault.hpp"
#include "validate/quantities.hpp"

namespace trilby::validate {

/// Levels 1 to 3; at level 4 the time is a parameter, shared out as at level 3.
inline constexpr int highest_timed_level = 3;
inline constexpr int highest_level = 4;

/// A speed that was measured for less time is not judged against itself: other load on the machine
/// would count more than the device.
inline constexpr double least_seconds_to_judge = 1;

struct CheckInfo {
    std::string_view name;
    std::string_view family;
    std::string_view summary;  ///< what it does
    std::string_view finds;    ///< what it can find
    /// How long it computes at each level, without the start of its worker; 0 where it is left out.
    std::array<double, highest_timed_level> seconds;
    /// The faults that it can detect. A fixed bit escapes a check that compares results of the
    /// device only with each other; slow speeds show where a speed is judged.
    FaultSet detects;
    /// What it may measure; the rest of the array is nullptr.
    std::array<const Quantity*, 5> measures = {};
    /// The number of processes that carry it out at the same time; 0 for a function of the probe's
    /// facts.
    int workers = 1;

    [[nodiscard]] double seconds_at(int level) const;
};

/// In the order in which they run.
[[nodiscard]] std::span<const CheckInfo> known_checks();
[[nodiscard]] const CheckInfo* find_check(std::string_view name);

}  // namespace trilby::validate
