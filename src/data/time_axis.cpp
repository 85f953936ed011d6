// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/time_axis.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

namespace trilby::data {
namespace {

constexpr std::size_t most_steps = 64;
constexpr std::uint64_t shortest_series = 3;

/// A unit of time. Months and years differ in length.
struct Unit {
    const char* name;
    double shortest_seconds;
    double longest_seconds;
};

constexpr double day_seconds = 86'400.0;
constexpr std::array units{Unit{"year", 365 * day_seconds, 366 * day_seconds},
                           Unit{"quarter", 90 * day_seconds, 92 * day_seconds},
                           Unit{"month", 28 * day_seconds, 31 * day_seconds},
                           Unit{"week", 7 * day_seconds, 7 * day_seconds},
                           Unit{"day", day_seconds, day_seconds},
                           Unit{"hour", 3600.0, 3600.0},
                           Unit{"minute", 60.0, 60.0},
                           Unit{"second", 1.0, 1.0}};

/// The step in the largest unit of which it is a whole number, such as "2 hours"; in months or
/// years only if it is one of them.
std::string step_text(double seconds) {
    for (const Unit& unit : units) {
        const double count = std::max(1.0, std::round(seconds / unit.longest_seconds));
        const bool is_one = seconds >= unit.shortest_seconds && seconds <= unit.longest_seconds;
        const bool is_exact = unit.shortest_seconds == unit.longest_seconds &&
                              seconds == count * unit.longest_seconds;
        if (is_one || is_exact) {
            return fmt::format("{} {}{}", count, unit.name, count == 1.0 ? "" : "s");
        }
    }
    return fmt::format("{:g} seconds", seconds);
}

/// Whether two steps are the same number of the same unit, as 28 and 31 days are one month.
bool is_same_step(double a, double b) {
    return std::ranges::any_of(units, [&](const Unit& unit) {
        const auto fits = [&](double step) {
            return step >= unit.shortest_seconds && step <= unit.longest_seconds;
        };
        return a == b || (fits(a) && fits(b));
    });
}

constexpr double month_seconds = 365.2425 / 12.0 * day_seconds;  // on average
constexpr std::array months_of_steps{12, 3, 1};

/// 28 and 31 days are both a month.
double mean_step(double seconds) {
    for (const int months : months_of_steps) {
        if (is_same_step(seconds, months * month_seconds)) {
            return months * month_seconds;
        }
    }
    return seconds;
}

double add_months(double time, std::int64_t months) {
    using namespace std::chrono;
    const double midnight = std::floor(time / day_seconds);
    const year_month_day day(sys_days(days(static_cast<int>(midnight))));
    const year_month target = year_month(day.year(), day.month()) + std::chrono::months(months);
    const year_month_day end(target / last);
    const bool is_end = day == year_month_day(day.year() / day.month() / last);
    const sys_days moved(is_end || day.day() > end.day() ? end : target / day.day());
    return static_cast<double>(moved.time_since_epoch().count()) * day_seconds +
           (time - midnight * day_seconds);
}

}  // namespace

double time_after(double time, double step_seconds, std::int64_t steps) {
    for (const int months : months_of_steps) {
        if (step_seconds == months * month_seconds) {
            return add_months(time, steps * months);
        }
    }
    return time + step_seconds * static_cast<double>(steps);
}

void TimeProfile::add(double seconds) {
    minimum_ = count_ == 0 ? seconds : std::min(minimum_, seconds);
    maximum_ = count_ == 0 ? seconds : std::max(maximum_, seconds);
    if (count_ > 0) {
        add_step(seconds - last_);
    }
    last_ = seconds;
    ++count_;
}

void TimeProfile::add_step(double seconds) {
    goes_forward_ = goes_forward_ || seconds > 0.0;
    goes_back_ = goes_back_ || seconds < 0.0;
    const double length = std::abs(seconds);
    if (length == 0.0) {
        ++repeats_;
    } else if (steps_.size() < most_steps || steps_.contains(length)) {
        ++steps_[length];
    }
}

std::optional<TimeAxis> TimeProfile::axis() const {
    if (!is_in_order() || count_ - repeats_ < shortest_series ||
        repeats_ * rows_per_repeat > count_) {
        return std::nullopt;
    }
    const double usual =
        std::ranges::max_element(steps_, {}, [](const auto& step) { return step.second; })->first;
    std::uint64_t same = 0;
    for (const auto& [seconds, count] : steps_) {
        same += is_same_step(seconds, usual) ? count : 0;
    }
    const std::uint64_t steps = count_ - 1 - repeats_;
    if (same * 2 <= steps) {
        return std::nullopt;
    }
    return TimeAxis{.first = minimum_,
                    .last = maximum_,
                    .step = step_text(usual),
                    .step_seconds = mean_step(usual),
                    .gaps = steps - same};
}

}  // namespace trilby::data
