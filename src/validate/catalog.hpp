// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks of `trilby validate`, as data.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "validate/fault.hpp"
#include "validate/quantities.hpp"

namespace trilby::validate {

/// Level 0 puts no load on the device. Levels 1 to 3 have their times in the catalog; at level 4
/// the time is a parameter, shared out as at level 3.
inline constexpr int lowest_level = 0;
inline constexpr int highest_timed_level = 3;
inline constexpr int highest_level = 4;

/// A speed that was measured for less time is not judged against itself: other load on the machine
/// would count more than the device.
inline constexpr double least_seconds_to_judge = 1;

/// What a check is about.
enum class Scope : std::uint8_t {
    device,
    machine,  ///< all devices of the backend together; one worker drives them all
};

struct CheckInfo {
    std::string_view name;
    std::string_view family;
    std::string_view summary;  ///< what it does
    std::string_view finds;
    /// How long it computes at levels 1 to 3, without the start of its worker; 0 where it is left
    /// out.
    std::array<double, highest_timed_level> seconds;
    /// The faults that it can detect. A fixed bit escapes a check that only compares results of the
    /// device with each other. Slowness shows only where a speed is judged.
    FaultSet detects;
    /// What it may measure; the rest of the array is nullptr.
    std::array<const Quantity*, 5> measures = {};
    /// The number of processes that carry it out at the same time; 0 if it only judges facts that
    /// were read before.
    int workers = 1;
    /// Devices of one kind, with the same libraries, compute the same bits from the same numbers,
    /// because the check uses only operations for which the libraries promise this. An exact check
    /// would gain nothing from it.
    bool has_comparable_bits = false;
    double seconds_at_rest = 0;  ///< at level 0
    Scope scope = Scope::device;

    [[nodiscard]] double seconds_at(int level) const;
};

/// The names of the checks that need no worker, for the functions that carry them out.
namespace state_checks {

inline constexpr std::string_view known_answer = "known-answer";
inline constexpr std::string_view health = "health";
inline constexpr std::string_view environment = "environment";
inline constexpr std::string_view inventory = "inventory";

}  // namespace state_checks

/// In the order in which they run.
[[nodiscard]] std::span<const CheckInfo> known_checks();
[[nodiscard]] const CheckInfo* find_check(std::string_view name);

}  // namespace trilby::validate
