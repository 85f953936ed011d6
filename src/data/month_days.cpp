// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/month_days.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace trilby::data {
namespace {

using std::chrono::year_month_day;

constexpr unsigned longest_month = 31;
constexpr double day_length = 86'400.0;

double whole_days(double seconds) {
    return std::floor(seconds / day_length);
}

year_month_day date_of(double seconds) {
    return std::chrono::sys_days(std::chrono::days(static_cast<int>(whole_days(seconds))));
}

year_month_day end_of(std::chrono::year_month month) {
    return year_month_day(month / std::chrono::last);
}

std::chrono::year_month month_of(const year_month_day& date) {
    return date.year() / date.month();
}

/// The day, or the last one of a shorter month.
year_month_day date_in(std::chrono::year_month month, unsigned day) {
    return std::min(month / std::chrono::day(day), end_of(month));
}

}  // namespace

void MonthDays::add(double seconds) {
    const auto date = date_of(seconds);
    Count& count = days_[static_cast<unsigned>(date.day())];
    ++count.times;
    count.at_end += date == end_of(month_of(date)) ? 1 : 0;
    ++count_;
}

std::uint64_t MonthDays::times_on(unsigned day) const {
    std::uint64_t times = 0;
    for (const auto& [other, count] : days_) {
        times += other == day ? count.times : other < day ? count.at_end : 0;
    }
    return times;
}

unsigned MonthDays::usual() const {
    unsigned usual = longest_month;
    for (unsigned day = longest_month - 1; day > 0; --day) {
        usual = times_on(day) > times_on(usual) ? day : usual;
    }
    return usual;
}

bool MonthDays::are_same() const {
    return times_on(usual()) * 10 >= count_ * 9;
}

double add_months(double seconds, std::int64_t months, unsigned usual_day) {
    const year_month_day date = date_of(seconds);
    const bool is_usual = date == date_in(month_of(date), usual_day);
    const unsigned day = is_usual ? usual_day : static_cast<unsigned>(date.day());
    const std::chrono::sys_days moved = date_in(month_of(date) + std::chrono::months(months), day);
    return static_cast<double>(moved.time_since_epoch().count()) * day_length +
           (seconds - whole_days(seconds) * day_length);
}

}  // namespace trilby::data
