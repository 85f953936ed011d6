// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks of `trilby validate`, as data.

#pragma once

#include <array>
#include <span>
#include <string_view>

namespace trilby::validate {

/// Levels 1 to 3; at level 4 the time is a parameter, shared out as at level 3.
inline constexpr int highest_timed_level = 3;
inline constexpr int highest_level = 4;

/// A speed that was measured for less is not judged against itself: what else the machine does
/// would decide more than the device.
inline constexpr double least_seconds_to_judge = 1;

struct CheckInfo {
    std::string_view name;
    std::string_view family;
    std::string_view summary;  ///< what it does
    std::string_view finds;    ///< what it can find
    /// How long it computes at each level, without the start of its worker; 0 where it is left out.
    std::array<double, highest_timed_level> seconds;
    /// Processes that carry it out at the same time; none: it is a function of what the probe says.
    int workers = 1;

    [[nodiscard]] double seconds_at(int level) const;
};

/// In the order in which they run.
[[nodiscard]] std::span<const CheckInfo> known_checks();
[[nodiscard]] const CheckInfo* find_check(std::string_view name);

}  // namespace trilby::validate
