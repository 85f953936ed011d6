// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/month_days.hpp"

#include <chrono>
#include <cmath>

namespace trilby::data {
namespace {

constexpr unsigned longest_month = 31;

std::chrono::year_month_day date_of(double seconds) {
    constexpr double per_day = 86'400.0;
    return std::chrono::sys_days(
        std::chrono::days(static_cast<int>(std::floor(seconds / per_day))));
}

bool is_end_of_month(const std::chrono::year_month_day& date) {
    return date == std::chrono::year_month_day(date.year() / date.month() / std::chrono::last);
}

}  // namespace

void MonthDays::add(double seconds) {
    const auto date = date_of(seconds);
    Count& count = days_[static_cast<unsigned>(date.day())];
    ++count.times;
    count.at_end += is_end_of_month(date) ? 1 : 0;
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

}  // namespace trilby::data
