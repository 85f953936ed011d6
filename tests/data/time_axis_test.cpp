// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/time_axis.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "data/values.hpp"

namespace trilby::data {
namespace {

std::optional<TimeAxis> axis_of(const std::vector<std::string>& dates) {
    TimeProfile profile;
    for (const std::string& date : dates) {
        profile.add(*parse_date(date, DateOrder::year_first));
    }
    return profile.axis();
}

TEST(TimeAxis, NamesTheUsualStep) {
    EXPECT_EQ(axis_of({"2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00"})->step,
              "1 hour");
    EXPECT_EQ(axis_of({"2024-01-01 00:00", "2024-01-01 00:15", "2024-01-01 00:30"})->step,
              "15 minutes");
    EXPECT_EQ(axis_of({"2024-01-01", "2024-01-02", "2024-01-03"})->step, "1 day");
    EXPECT_EQ(axis_of({"2024-01-01", "2024-01-08", "2024-01-15"})->step, "1 week");
}

TEST(TimeAxis, TakesMonthsQuartersAndYearsAsEqual) {
    EXPECT_EQ(axis_of({"2023-01", "2023-02", "2023-03", "2023-04", "2023-05"})->step, "1 month");
    EXPECT_EQ(axis_of({"2023-01", "2023-04", "2023-07", "2023-10"})->step, "1 quarter");
    EXPECT_EQ(axis_of({"2022-01-01", "2023-01-01", "2024-01-01", "2025-01-01"})->step, "1 year");
    EXPECT_EQ(axis_of({"2023-01", "2023-02", "2023-03", "2023-04"})->gaps, 0U);
}

/// `rows` dates from the first one on, `days` apart, without those of the rows `missing`.
std::optional<TimeAxis> axis_of_days(const std::string& first, int days, int rows,
                                     const std::vector<int>& missing = {}) {
    TimeProfile profile;
    for (int row = 0; row < rows; ++row) {
        if (std::ranges::count(missing, row) == 0) {
            profile.add(*parse_date(first, DateOrder::year_first) + row * days * 86'400.0);
        }
    }
    return profile.axis();
}

TEST(TimeAxis, TakesAQuarterFromFebruaryToMayForOne) {
    const auto axis = axis_of({"2022-11-01", "2023-02-01", "2023-05-01", "2023-08-01"});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->step, "1 quarter");
    EXPECT_EQ(axis->gaps, 0U);
}

TEST(TimeAxis, TellsFixedNumbersOfDaysFromMonthsQuartersAndYears) {
    const auto step_of = [](int days, int rows) {
        const auto axis = axis_of_days("2015-01-31", days, rows);
        EXPECT_EQ(axis->step_seconds, days * 86'400.0);
        EXPECT_EQ(axis->gaps, 0U);
        return axis->step;
    };
    EXPECT_EQ(step_of(28, 140), "4 weeks");
    EXPECT_EQ(step_of(28, 3), "4 weeks");
    EXPECT_EQ(step_of(30, 100), "30 days");
    EXPECT_EQ(step_of(90, 40), "90 days");
    EXPECT_EQ(step_of(91, 40), "13 weeks");
    EXPECT_EQ(step_of(365, 20), "365 days");
    EXPECT_EQ(step_of(366, 20), "366 days");
}

TEST(TimeAxis, TakesAShortSeriesOnOneDayOfTheMonthForMonths) {
    EXPECT_EQ(axis_of({"2023-07-05", "2023-08-05", "2023-09-05"})->step, "1 month");
    EXPECT_EQ(axis_of({"2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"})->step, "1 month");
    EXPECT_EQ(axis_of({"2023-01-30", "2023-02-28", "2023-03-30"})->step, "1 month");
    EXPECT_EQ(axis_of({"2021-03-05", "2022-03-05", "2023-03-05"})->step, "1 year");
}

TEST(TimeAxis, TakesTheLastWorkingDaysOfMonthsForMonths) {
    const auto axis = axis_of({"2023-01-31", "2023-02-28", "2023-03-31", "2023-04-28", "2023-05-31",
                               "2023-06-30", "2023-07-31", "2023-08-31", "2023-09-29"});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->step, "1 month");
}

// Four weeks come after each other more often than five.
TEST(TimeAxis, TakesThirdFridaysOfMonthsForMonths) {
    const auto axis =
        axis_of({"2021-01-15", "2021-02-19", "2021-03-19", "2021-04-16", "2021-05-21", "2021-06-18",
                 "2021-07-16", "2021-08-20", "2021-09-17", "2021-10-15", "2021-11-19", "2021-12-17",
                 "2022-01-21", "2022-02-18", "2022-03-18", "2022-04-15"});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->step, "1 month");
}

TEST(TimeAxis, CountsGapsBetweenFixedNumbersOfDays) {
    const auto axis = axis_of_days("2015-01-01", 28, 60, {10, 11, 30});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->step, "4 weeks");
    EXPECT_EQ(axis->gaps, 2U);
}

TEST(TimeAxis, CountsGaps) {
    const auto axis = axis_of({"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-08"});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->gaps, 1U);
    EXPECT_EQ(axis->step, "1 day");
}

TEST(TimeAxis, MayBeginWithTheLatestTime) {
    const auto axis = axis_of({"2024-01-05", "2024-01-04", "2024-01-03", "2024-01-01"});
    ASSERT_TRUE(axis);
    EXPECT_EQ(axis->step, "1 day");
    EXPECT_EQ(axis->gaps, 1U);
    EXPECT_EQ(format_date(axis->first), "2024-01-01");
}

TEST(TimeAxis, MayRepeatOneTimeInAHundred) {
    TimeProfile profile;
    for (int i = 0; i < 199; ++i) {
        profile.add(3600.0 * i);
    }
    profile.add(3600.0 * 198);
    ASSERT_TRUE(profile.axis());
    EXPECT_EQ(profile.axis()->gaps, 0U);
    profile.add(3600.0 * 198);
    profile.add(3600.0 * 198);
    EXPECT_FALSE(profile.axis());
}

TEST(TimeAxis, IsNoneForDatesOutOfOrderRepeatedOrIrregular) {
    EXPECT_FALSE(axis_of({"2024-01-01", "2024-01-03", "2024-01-02"}));
    EXPECT_FALSE(axis_of({"2024-01-01", "2024-01-01", "2024-01-02"}));
    EXPECT_FALSE(axis_of({"2024-01-01", "2024-01-03", "2024-01-11", "2024-02-27"}));
    EXPECT_FALSE(axis_of({"2024-01-01", "2024-01-02"}));
    EXPECT_FALSE(axis_of({}));
}

TEST(TimeAxis, GoesOnInItsSteps) {
    const auto after = [](const std::string& date, double seconds, int steps, unsigned day = 31) {
        return format_date(
            time_after(*parse_date(date, DateOrder::year_first), seconds, steps, day));
    };
    EXPECT_EQ(after("2024-02-28 23:00", 3600.0, 2), "2024-02-29 01:00:00");
    EXPECT_EQ(after("2025-08-28", 28 * 86'400.0, 1), "2025-09-25");
    const double month = axis_of({"2023-01", "2023-02", "2023-03", "2023-04"})->step_seconds;
    EXPECT_EQ(after("2023-04-01", month, 9, 1), "2024-01-01");
    EXPECT_EQ(after("2024-03-31", 3 * month, 2), "2024-09-30");
    EXPECT_EQ(after("2023-02-28", month, 1, 28), "2023-03-28");
    EXPECT_EQ(after("1969-12-31", 12 * month, 1), "1970-12-31");
}

TEST(TimeAxis, TellsOneStepFromOthers) {
    constexpr double day = 86'400.0;
    const double month = axis_of({"2023-01", "2023-02", "2023-03", "2023-04"})->step_seconds;
    EXPECT_TRUE(is_one_step(28 * day, month));
    EXPECT_TRUE(is_one_step(31 * day, month));
    EXPECT_FALSE(is_one_step(59 * day, month));
    EXPECT_TRUE(is_one_step(89 * day, 3 * month));
    EXPECT_TRUE(is_one_step(28 * day, 28 * day));
    EXPECT_FALSE(is_one_step(30 * day, 28 * day));
}

TEST(TimeAxis, KnowsTheDayOfTheMonth) {
    TimeProfile profile;
    for (const char* const date : {"2022-12-28", "2023-01-28", "2023-02-28"}) {
        profile.add(*parse_date(date, DateOrder::year_first));
    }
    EXPECT_EQ(profile.month_day(), 28U);
}

}  // namespace
}  // namespace trilby::data
