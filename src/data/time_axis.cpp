// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/time_axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace trilby::data {
namespace {

constexpr std::size_t most_steps = 64;
constexpr std::uint64_t shortest_series = 3;
constexpr double day_seconds = 86'400.0;

constexpr double month_seconds = 365.2425 / 12.0 * day_seconds;  // on average

/// A unit of the calendar, whose length differs.
struct CalendarUnit {
    const char* name;
    int months;
    double shortest_days;
    double longest_days;

    [[nodiscard]] double mean_seconds() const { return months * month_seconds; }
    [[nodiscard]] bool has_length(double seconds) const {
        return seconds >= shortest_days * day_seconds && seconds <= longest_days * day_seconds;
    }
};

constexpr std::array calendar_units{CalendarUnit{"year", 12, 365, 366},
                                    CalendarUnit{"quarter", 3, 89, 92},
                                    CalendarUnit{"month", 1, 28, 31}};
constexpr double shortest_month_seconds = calendar_units.back().shortest_days * day_seconds;

/// The unit whose mean length this is; nullptr if there is none.
const CalendarUnit* unit_with_mean(double seconds) {
    const auto* found = std::ranges::find(calendar_units, seconds, &CalendarUnit::mean_seconds);
    return found == calendar_units.end() ? nullptr : found;
}

struct FixedUnit {
    const char* name;
    double seconds;
};

constexpr std::array fixed_units{FixedUnit{"week", 7 * day_seconds}, FixedUnit{"day", day_seconds},
                                 FixedUnit{"hour", 3600.0}, FixedUnit{"minute", 60.0},
                                 FixedUnit{"second", 1.0}};

/// A step in the largest unit of which it is a whole number, such as "2 hours".
std::string step_text(double seconds) {
    for (const FixedUnit& unit : fixed_units) {
        const double count = std::round(seconds / unit.seconds);
        if (count >= 1.0 && seconds == count * unit.seconds) {
            return fmt::format("{} {}{}", count, unit.name, count == 1.0 ? "" : "s");
        }
    }
    return fmt::format("{:g} seconds", seconds);
}

using StepCounts = std::map<double, std::uint64_t>;

std::uint64_t count_of(const StepCounts& steps, const CalendarUnit& unit) {
    std::uint64_t count = 0;
    for (const auto& [seconds, times] : steps) {
        count += unit.has_length(seconds) ? times : 0;
    }
    return count;
}

/// How many steps are not gaps, which are several of the usual step.
std::uint64_t count_single(const StepCounts& steps, double usual) {
    std::uint64_t count = 0;
    for (const auto& [seconds, times] : steps) {
        const double length = seconds / usual;
        count += length >= 2.0 && length == std::round(length) ? 0 : times;
    }
    return count;
}

/// The unit of the calendar that the steps are; nullptr if they have a fixed length. Four weeks are
/// as long as some months, but then nearly all steps are, and the day of the month changes. From
/// one third Friday to the next it is four weeks or five.
const CalendarUnit* calendar_unit_of(const StepCounts& steps, double usual, const MonthDays& days) {
    const auto* unit = std::ranges::find_if(
        calendar_units, [&](const CalendarUnit& one) { return one.has_length(usual); });
    if (unit == calendar_units.end()) {
        return nullptr;
    }
    const bool has_fixed_length = steps.at(usual) * 5 >= count_single(steps, usual) * 4;
    return has_fixed_length && !days.are_same() ? nullptr : unit;
}

}  // namespace

bool is_one_step(double seconds, double step_seconds) {
    const CalendarUnit* unit = unit_with_mean(step_seconds);
    return unit == nullptr ? seconds == step_seconds : unit->has_length(seconds);
}

double time_after(double time, double step_seconds, std::int64_t steps, unsigned month_day) {
    if (const CalendarUnit* unit = unit_with_mean(step_seconds)) {
        return add_months(time, steps * unit->months, month_day);
    }
    return time + step_seconds * static_cast<double>(steps);
}

void TimeProfile::add(double seconds) {
    minimum_ = count_ == 0 ? seconds : std::min(minimum_, seconds);
    maximum_ = count_ == 0 ? seconds : std::max(maximum_, seconds);
    if (count_ > 0) {
        add_step(seconds - last_);
    }
    // Times after shorter steps would say nothing about months.
    if (count_ == 0 || std::abs(seconds - last_) >= shortest_month_seconds) {
        month_days_.add(seconds);
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
    const CalendarUnit* unit = calendar_unit_of(steps_, usual, month_days_);
    const std::uint64_t same = unit == nullptr ? steps_.at(usual) : count_of(steps_, *unit);
    const std::uint64_t steps = count_ - 1 - repeats_;
    if (same * 2 <= steps) {
        return std::nullopt;
    }
    return TimeAxis{.first = minimum_,
                    .last = maximum_,
                    .step = unit == nullptr ? step_text(usual) : fmt::format("1 {}", unit->name),
                    .step_seconds = unit == nullptr ? usual : unit->mean_seconds(),
                    .gaps = steps - same};
}

}  // namespace trilby::data
