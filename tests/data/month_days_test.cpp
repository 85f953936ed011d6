// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/month_days.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "data/values.hpp"

namespace trilby::data {
namespace {

MonthDays days_of(const std::vector<std::string>& dates) {
    MonthDays days;
    for (const std::string& date : dates) {
        days.add(*parse_date(date, DateOrder::year_first));
    }
    return days;
}

TEST(MonthDays, FindTheUsualDay) {
    const MonthDays days = days_of({"2023-02-05", "2023-03-05 17:00", "1969-12-05", "2024-02-06"});
    EXPECT_EQ(days.usual(), 5U);
    EXPECT_FALSE(days.are_same());
}

TEST(MonthDays, TakeTheEndOfAShortMonthForALaterDay) {
    EXPECT_EQ(days_of({"2023-01-31", "2023-02-28", "2023-04-30"}).usual(), 31U);
    EXPECT_EQ(days_of({"2023-01-30", "2023-02-28", "2023-04-30"}).usual(), 30U);
    EXPECT_EQ(days_of({"2023-01-28", "2023-02-28", "2023-04-28"}).usual(), 28U);
    EXPECT_EQ(days_of({"2024-02-28", "2023-02-28"}).usual(), 28U);
    EXPECT_TRUE(days_of({"2023-01-30", "2023-02-28", "2023-04-30"}).are_same());
    EXPECT_FALSE(days_of({"2023-01-31", "2023-02-28", "2023-03-28"}).are_same());
}

TEST(MonthDays, TakeTheEndOfTheMonthIfNothingTellsMore) {
    EXPECT_EQ(days_of({"2023-06-30", "2023-09-30"}).usual(), 31U);
    EXPECT_EQ(days_of({}).usual(), 31U);
}

TEST(MonthDays, AreTheSameIfOneInTenDiffers) {
    MonthDays days;
    for (int month = 1; month <= 9; ++month) {
        days.add(*seconds_of_day(2023, month, 4));
    }
    days.add(*seconds_of_day(2023, 10, 5));
    EXPECT_TRUE(days.are_same());
    days.add(*seconds_of_day(2023, 11, 6));
    EXPECT_FALSE(days.are_same());
}

TEST(AddMonths, KeepsTheUsualDayOfTheSeries) {
    const auto after = [](const std::string& date, int months, unsigned usual_day) {
        return format_date(add_months(*parse_date(date, DateOrder::year_first), months, usual_day));
    };
    EXPECT_EQ(after("2023-02-28", 1, 28), "2023-03-28");
    EXPECT_EQ(after("2023-02-28", 2, 29), "2023-04-29");
    EXPECT_EQ(after("2023-02-28", 1, 30), "2023-03-30");
    EXPECT_EQ(after("2023-02-28", 1, 31), "2023-03-31");
    EXPECT_EQ(after("2023-04-30", 1, 30), "2023-05-30");
    EXPECT_EQ(after("2023-04-30", 10, 31), "2024-02-29");
    EXPECT_EQ(after("2024-01-30 12:00", 1, 30), "2024-02-29 12:00:00");
    EXPECT_EQ(after("1970-03-31 12:00", -4, 31), "1969-11-30 12:00:00");
}

TEST(AddMonths, KeepsADayThatIsNotTheUsualOne) {
    const double day = *seconds_of_day(2023, 4, 28);
    EXPECT_EQ(format_date(add_months(day, 1, 31)), "2023-05-28");
    EXPECT_EQ(format_date(add_months(day, 1, 1)), "2023-05-28");
}

}  // namespace
}  // namespace trilby::data
