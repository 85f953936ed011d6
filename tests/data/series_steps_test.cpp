// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/series_steps.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::data {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::NanSensitiveDoubleEq;

constexpr double none = missing_value;
constexpr double day = 86'400.0;

/// One variable at times that are given in days.
TimedRows at_days(LargeVector<double> days, LargeVector<double> values) {
    for (double& time : days) {
        time *= day;
    }
    return {.times = std::move(days), .values = std::move(values), .variables = 1};
}

struct Filled {
    LargeVector<double> values;
    LargeVector<Origin> origins;
};

Filled filled(LargeVector<double> values) {
    TimedRows rows{.times = {}, .values = std::move(values), .variables = 1};
    Filled result;
    fill_from_past(rows, 0, result.origins);
    result.values = rows.values;
    return result;
}

TEST(SeriesSteps, SortsRowsByTimeAndSaysSo) {
    TimedRows rows = at_days({3, 1, 2}, {30, 10, 20});
    std::vector<std::string> notes;
    sort_rows(rows, notes);
    EXPECT_THAT(rows.times, ElementsAre(1 * day, 2 * day, 3 * day));
    EXPECT_THAT(rows.values, ElementsAre(10, 20, 30));
    EXPECT_THAT(notes, ElementsAre(HasSubstr("sorted")));
    notes.clear();
    sort_rows(rows, notes);
    EXPECT_THAT(notes, IsEmpty());
}

TEST(SeriesSteps, MergesRowsOfTheSameTimeIntoTheMeanOfTheirValues) {
    TimedRows rows = at_days({1, 2, 2, 3}, {10, 20, 30, 40});
    std::vector<std::string> notes;
    EXPECT_EQ(count_repeats(rows.times), 1U);
    merge_repeats(rows, notes);
    EXPECT_THAT(rows.values, ElementsAre(10, 25, 40));
    EXPECT_THAT(notes, ElementsAre(HasSubstr("1 rows repeat a time")));
}

TEST(SeriesSteps, MissingValuesDoNotCountInAMean) {
    TimedRows rows = at_days({1, 1, 2, 2}, {none, 30, none, none});
    std::vector<std::string> notes;
    merge_repeats(rows, notes);
    EXPECT_THAT(rows.values, ElementsAre(30, NanSensitiveDoubleEq(none)));
}

TEST(SeriesSteps, AddsRowsWhereStepsAreMissing) {
    TimedRows rows = at_days({1, 2, 3, 4, 5, 6, 8}, {1, 2, 3, 4, 5, 6, 8});
    std::vector<std::string> notes;
    const auto step = fill_steps(rows, 48, notes);
    ASSERT_TRUE(step);
    EXPECT_EQ(step->text, "1 day");
    EXPECT_EQ(step->seconds, day);
    EXPECT_EQ(rows.rows(), 8U);
    EXPECT_EQ(rows.times[6], 7 * day);
    EXPECT_THAT(rows.values[6], NanSensitiveDoubleEq(none));
    EXPECT_THAT(notes,
                ElementsAre("1 missing steps of 1 day are filled with the values before them"));
}

TEST(SeriesSteps, RefusesAGapThatIsLongerThanTheLimit) {
    LargeVector<double> days;
    for (int i = 0; i < 20; ++i) {
        days.push_back(i < 10 ? i : i + 3);
    }
    TimedRows rows = at_days(days, days);
    std::vector<std::string> notes;
    const auto step = fill_steps(rows, 2, notes);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().message,
              "3 steps of 1 day are missing before 1970-01-14, expected at most 2");
    EXPECT_THAT(step.error().hint, HasSubstr("set data.fill_limit to 3"));
}

TEST(SeriesSteps, TakesTradingDaysAsEquallySpaced) {
    TimedRows rows = at_days({1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15}, LargeVector<double>(11));
    std::vector<std::string> notes;
    EXPECT_EQ(fill_steps(rows, 48, notes)->seconds, 0.0);
    EXPECT_EQ(rows.rows(), 11U);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("equally spaced")));
}

TEST(SeriesSteps, TakesIrregularTimesAsEquallySpaced) {
    TimedRows rows = at_days({1, 3, 11, 40}, LargeVector<double>(4));
    std::vector<std::string> notes;
    EXPECT_EQ(fill_steps(rows, 48, notes)->seconds, 0.0);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("no usual step")));
}

TEST(SeriesSteps, FindsNoGapBetweenMonths) {
    TimedRows rows = at_days({0, 31, 59, 90, 120}, LargeVector<double>(5));
    std::vector<std::string> notes;
    const auto step = fill_steps(rows, 48, notes);
    EXPECT_EQ(step->text, "1 month");
    EXPECT_THAT(step->seconds / day, DoubleNear(30.44, 0.01));
    EXPECT_THAT(notes, IsEmpty());
}

TEST(SeriesSteps, TakesAWeekOfTradingDaysAsEquallySpacedIfTheyAreKnownToBe) {
    for (const LargeVector<double>& days :
         {LargeVector<double>{1, 2, 3, 4, 5}, LargeVector<double>{2, 3, 4, 5, 8, 9}}) {
        TimedRows rows = at_days(days, days);
        std::vector<std::string> notes;
        const auto step = fill_known_steps(rows, {}, 48, notes);
        ASSERT_TRUE(step);
        EXPECT_EQ(step->seconds, 0.0);
        EXPECT_EQ(rows.values, days);
        EXPECT_THAT(notes, ElementsAre("the rows count as equally spaced"));
    }
}

TEST(SeriesSteps, FillsKnownStepsThatFewRowsDoNotShow) {
    TimedRows rows = at_days({4, 5, 8}, {1, 2, 3});
    std::vector<std::string> notes;
    const auto step = fill_known_steps(rows, {.text = "1 day", .seconds = day}, 48, notes);
    ASSERT_TRUE(step);
    EXPECT_EQ(step->seconds, day);
    EXPECT_EQ(step->text, "1 day");
    EXPECT_THAT(rows.times, ElementsAre(4 * day, 5 * day, 6 * day, 7 * day, 8 * day));
    EXPECT_THAT(notes,
                ElementsAre("2 missing steps of 1 day are filled with the values before them"));
    TimedRows one = at_days({4}, {1});
    EXPECT_EQ(fill_known_steps(one, {.text = "1 day", .seconds = day}, 48, notes)->seconds, day);
}

TEST(SeriesSteps, FindsTheDayOfTheMonthOfKnownSteps) {
    TimedRows rows = at_days({27, 58}, {1, 2});  // on January 28 and February 28
    std::vector<std::string> notes;
    const TimeStep month{.text = "1 month", .seconds = 365.2425 / 12.0 * day};
    EXPECT_EQ(fill_known_steps(rows, month, 48, notes)->month_day, 28U);
    EXPECT_THAT(notes, IsEmpty());
}

TEST(SeriesSteps, RefusesOtherStepsThanTheKnownOnes) {
    const auto error_of = [](const LargeVector<double>& days, std::int64_t fill_limit = 48) {
        TimedRows rows = at_days(days, LargeVector<double>(days.size()));
        std::vector<std::string> notes;
        const auto step =
            fill_known_steps(rows, {.text = "1 day", .seconds = day}, fill_limit, notes);
        return step ? "no error" : step.error().message;
    };
    EXPECT_EQ(error_of({7, 14, 21}), "the rows are in steps of 1 week, expected steps of 1 day");
    EXPECT_EQ(error_of({7, 7.5}), "1 of 2 rows are not 1 day after the row before");
    EXPECT_EQ(error_of({7, 8, 11}), "no error");
    EXPECT_EQ(error_of({7, 8, 11}, 1),
              "2 steps of 1 day are missing before 1970-01-12, expected at most 1");
    EXPECT_EQ(error_of({7, 8, 11, 12, 15}, 2), "no error");
    EXPECT_EQ(error_of({7, 8, 12, 13, 17}, 3),
              "6 steps of 1 day are missing between 5 rows, expected at most as many as there are "
              "rows");
}

TEST(SeriesSteps, FillsWithTheLastValueBefore) {
    const Filled result = filled({1, none, none, 4, none});
    EXPECT_THAT(result.values, ElementsAre(1, 1, 1, 4, 4));
    EXPECT_THAT(result.origins, ElementsAre(Origin::table, Origin::carried, Origin::carried,
                                            Origin::table, Origin::carried));
}

TEST(SeriesSteps, SaysWhichValuesArePastThatIsNotKnown) {
    const Filled result = filled({none, none, 2, none});
    EXPECT_THAT(result.values, ElementsAre(2, 2, 2, 2));
    EXPECT_THAT(result.origins,
                ElementsAre(Origin::none, Origin::none, Origin::table, Origin::carried));
}

TEST(SeriesSteps, ValuesWithoutGapsHaveNoOrigins) {
    EXPECT_THAT(filled({1, 2}).origins, IsEmpty());
}

TEST(SeriesSteps, FillsOneVariableOfSeveral) {
    TimedRows rows{.times = {}, .values = {1, none, none, 5, 3, none}, .variables = 2};
    LargeVector<Origin> origins;
    EXPECT_EQ(fill_from_past(rows, 1, origins), 2U);
    EXPECT_THAT(rows.values, ElementsAre(1, 5, NanSensitiveDoubleEq(none), 5, 3, 5));
    EXPECT_EQ(fill_from_past(rows, 0, origins), 1U);
    EXPECT_THAT(origins, ElementsAre(Origin::table, Origin::none, Origin::carried, Origin::table,
                                     Origin::table, Origin::carried));
}

TEST(SeriesSteps, FindsTheLongestRunOfMissingValues) {
    const TimedRows rows{.times = {}, .values = {none, 1, none, none, 2}, .variables = 1};
    EXPECT_EQ(longest_missing(rows, 0), 2U);
}

}  // namespace
}  // namespace trilby::data
