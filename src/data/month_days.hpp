// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The day of the month on which the times of a series are, and times that keep it.

#pragma once

#include <cstdint>
#include <map>

namespace trilby::data {

/// Counts the days of the month of times, which are at most 100,000 years from 1970.
class MonthDays {
  public:
    void add(double seconds);

    /// The day on which most times are. The last day of a month counts as every later day, so that
    /// 31 is the end of each month. The largest such day; 31 if there are no times.
    [[nodiscard]] unsigned usual() const;
    /// Whether at least nine of ten times are on the usual day.
    [[nodiscard]] bool are_same() const;

  private:
    struct Count {
        std::uint64_t times = 0;
        std::uint64_t at_end = 0;  ///< those for which it is the last day of their month
    };
    [[nodiscard]] std::uint64_t times_on(unsigned day) const;

    std::map<unsigned, Count> days_;
    std::uint64_t count_ = 0;
};

/// The time `months` months after another, in seconds since 1970, on the same day of the month, or
/// the last day of a shorter month. `usual_day` is that of the series: two months after February 28
/// may be April 28, 29 or 30.
[[nodiscard]] double add_months(double seconds, std::int64_t months, unsigned usual_day);

}  // namespace trilby::data
