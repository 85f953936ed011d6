// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Whether a column is the time axis of a series: times in order, mostly in equal steps.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "data/month_days.hpp"

namespace trilby::data {

/// At most one row of a series in this many may repeat a time, as in the hour in which clocks are
/// set back.
inline constexpr std::uint64_t rows_per_repeat = 100;

struct TimeAxis {
    double first = 0.0;  ///< seconds since 1970
    double last = 0.0;
    std::string step;           ///< the most frequent one: "1 hour", "1 month"
    double step_seconds = 0.0;  ///< the mean of months, quarters and years of the calendar
    std::uint64_t gaps = 0;     ///< other steps
};

/// Whether a time that much later is one step later: a month later for the mean length of a month,
/// and the same for quarters and years.
[[nodiscard]] bool is_one_step(double seconds, double step_seconds);

/// The time `steps` steps after another, in seconds since 1970. Steps of the mean length of a
/// month, a quarter or a year keep the day of the month: see add_months().
[[nodiscard]] double time_after(double time, double step_seconds, std::int64_t steps,
                                unsigned month_day);

/// Sees the values of a column in order.
class TimeProfile {
  public:
    void add(double seconds);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double minimum() const { return minimum_; }
    [[nodiscard]] double maximum() const { return maximum_; }
    /// Whether the times never go back, or never forward.
    [[nodiscard]] bool is_in_order() const { return !goes_back_ || !goes_forward_; }
    /// The usual day of the month, as of MonthDays, of values that are at least a month apart.
    [[nodiscard]] unsigned month_day() const { return month_days_.usual(); }
    /// Nothing if the values are not the time axis of a series.
    [[nodiscard]] std::optional<TimeAxis> axis() const;

  private:
    void add_step(double seconds);

    std::uint64_t count_ = 0;
    double minimum_ = 0.0;
    double maximum_ = 0.0;
    double last_ = 0.0;
    bool goes_forward_ = false;
    bool goes_back_ = false;
    std::uint64_t repeats_ = 0;
    std::map<double, std::uint64_t> steps_;  ///< bounded; seconds and how often, without repeats
    MonthDays month_days_;
};

}  // namespace trilby::data
