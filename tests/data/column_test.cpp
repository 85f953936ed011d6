// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Column named_column_of(std::string name, const std::vector<std::string>& values,
                       CommaUse commas = CommaUse::groups) {
    ColumnProfile profile(commas);
    for (const std::string& value : values) {
        profile.add(value);
    }
    return profile.best_column(std::move(name));
}

Column column_of(const std::vector<std::string>& values, CommaUse commas = CommaUse::groups) {
    return named_column_of("x", values, commas);
}

TEST(BestColumn, IsANumberWhereEveryValueIs) {
    EXPECT_EQ(column_of({"1", "2.5", "", "-3"}).type, ColumnType::number);
    EXPECT_EQ(column_of({"1,5", "2", "3"}, CommaUse::decimal).type, ColumnType::number);
}

TEST(BestColumn, CountsAFewWordsAmongNumbersAsMissing) {
    std::vector<std::string> values(100, "5");
    values[3] = "6";
    values[7] = "unknown";
    const Column column = column_of(values);
    EXPECT_EQ(column.type, ColumnType::number);
    EXPECT_EQ(column.note, "1 value that is not a number ('unknown') counts as missing");
}

TEST(BestColumn, CountsOneFrequentWordAmongManyNumbersAsMissing) {
    std::vector<std::string> values;
    for (int i = 0; i < 100; ++i) {
        values.push_back(i % 3 == 0 ? "-" : std::to_string(i));
    }
    EXPECT_EQ(column_of(values).type, ColumnType::number);
    values[1] = "unknown";
    EXPECT_NE(column_of(values).type, ColumnType::number);
    EXPECT_EQ(column_of({"1", "2", "3+", "1", "3+", "2"}).type, ColumnType::category);
}

TEST(BestColumn, IsIgnoredIfItsNameAndValuesTellRowsApart) {
    std::vector<std::string> values;
    for (int i = 0; i < 50; ++i) {
        values.push_back(std::to_string(1000 + 7 * i % 50));
    }
    EXPECT_EQ(named_column_of("customer_id", values).note, "it only tells the rows apart");
    EXPECT_EQ(named_column_of("PassengerId", values).type, ColumnType::ignored);
    EXPECT_EQ(named_column_of("humid", values).type, ColumnType::number);
    values[0] = values[1];
    EXPECT_EQ(named_column_of("id", values).type, ColumnType::number);
}

TEST(BestColumn, CountsNumbersThatNetworksCannotComputeWithAsMissing) {
    const Column column = column_of({"1", "2", "1e300", "-inf"});
    EXPECT_EQ(column.type, ColumnType::number);
    EXPECT_EQ(column.note, "2 values that are infinite or beyond 3e+38 count as missing");
    EXPECT_EQ(column_of({"inf", "1e300"}).note, "its values are infinite or beyond 3e+38");
}

TEST(BestColumn, IsACategoryOfSortedLevels) {
    const Column column = column_of({"b", "a", "b", "?"});
    EXPECT_EQ(column.type, ColumnType::category);
    EXPECT_THAT(column.levels, ElementsAre("a", "b"));
}

TEST(BestColumn, IsADateInOneOrder) {
    EXPECT_EQ(column_of({"2024-01-01", "2024-01-03"}).date_order, DateOrder::year_first);
    EXPECT_EQ(column_of({"1/2/2024", "1/13/2024"}).date_order, DateOrder::month_first);
    const Column ambiguous = column_of({"1/2/2024", "1/3/2024"});
    EXPECT_EQ(ambiguous.type, ColumnType::date);
    EXPECT_EQ(ambiguous.date_order, DateOrder::day_first);
    EXPECT_THAT(ambiguous.note, HasSubstr("the other order would fit too"));
}

TEST(BestColumn, IsADateForNumbersInEqualStepsThatAreCalledATime) {
    const Column years = named_column_of("year", {"1871", "1872", "1873", "1875"});
    EXPECT_EQ(years.type, ColumnType::date);
    EXPECT_EQ(years.date_order, DateOrder::years);
    EXPECT_EQ(years.note, "numbers of years");
    const Column seconds = named_column_of("Timestamp", {"1704067200", "1704070800", "1704074400"});
    EXPECT_EQ(seconds.date_order, DateOrder::unix_seconds);
    const Column falling =
        named_column_of("ts", {"1704074400000", "1704070800000", "1704067200000"});
    EXPECT_EQ(falling.date_order, DateOrder::unix_milliseconds);
}

TEST(BestColumn, IsANumberWithoutTheNameTheStepsOrTheRangeOfATime) {
    EXPECT_EQ(named_column_of("id", {"1871", "1872", "1873"}).type, ColumnType::number);
    EXPECT_EQ(named_column_of("year", {"1871", "1999", "1873"}).type, ColumnType::number);
    EXPECT_EQ(named_column_of("time", {"5", "10", "15", "20"}).type, ColumnType::number);
    EXPECT_EQ(named_column_of("time", {"1949", "1949.5", "1950"}).type, ColumnType::number);
}

TEST(BestColumn, TakesNumbersOfDaysForDatesIfTheNameSaysSo) {
    const std::vector<std::string> days{"20240302", "20240301", "20240501"};
    const Column column = named_column_of("date", days);
    EXPECT_EQ(column.type, ColumnType::date);
    EXPECT_EQ(column.date_order, DateOrder::compact);
    EXPECT_EQ(named_column_of("DayOfOrder", days).type, ColumnType::date);
    EXPECT_EQ(named_column_of("price", days).type, ColumnType::number);
    EXPECT_EQ(named_column_of("date", {"20240301", "20240302", "20240399"}).type,
              ColumnType::number);
}

TEST(BestColumn, TakesYearsOfTwoDigitsWhereEachValueFits) {
    const Column column = column_of({"31/01/24", "01/02/24", "02/02/24"});
    EXPECT_EQ(column.type, ColumnType::date);
    EXPECT_EQ(column.date_order, DateOrder::day_first_short);
    EXPECT_EQ(column.note, "day before month, years from 1969 to 2068");
    EXPECT_EQ(column_of({"1/31/24", "2/1/24", "2/2/24"}).date_order, DateOrder::month_first_short);
    EXPECT_EQ(column_of({"01-Mar-24", "02-Mar-24"}).date_order, DateOrder::day_first_short);
    EXPECT_EQ(column_of({"01/03/24", "02/03/24", "40/03/24"}).type, ColumnType::category);
}

TEST(BestColumn, IsIgnoredWhereNothingCanBeLearned) {
    EXPECT_EQ(column_of({"", "NA"}).note, "it has no values");
    EXPECT_EQ(column_of({"7", "7", "7"}).note, "it is always '7'");
    EXPECT_EQ(column_of({"1", "2", "3"}).note, "it only counts the rows");
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i) {
        names.push_back("name " + std::to_string(i));
    }
    EXPECT_EQ(column_of(names).note, "most of its texts occur only once");
}

TEST(ColumnProfile, BoundsTheNumberOfLevels) {
    ColumnProfile profile(CommaUse::groups);
    for (std::size_t i = 0; i <= level_limit; ++i) {
        profile.add("text " + std::to_string(i));
    }
    EXPECT_TRUE(profile.levels().empty());
    EXPECT_EQ(profile.best_column("x").type, ColumnType::ignored);
}

TEST(ColumnProfile, KeepsNoLongTexts) {
    ColumnProfile profile(CommaUse::groups);
    profile.add("short");
    profile.add("short");
    EXPECT_EQ(profile.levels().size(), 1U);
    EXPECT_GT(profile.level_bytes(), 0U);
    profile.add(std::string(longest_level_bytes + 1, 'x'));
    profile.add("other");
    EXPECT_TRUE(profile.levels().empty());
    EXPECT_EQ(profile.level_bytes(), 0U);
    EXPECT_EQ(profile.best_column("x").note, "it has a text of more than 4 KiB");
    EXPECT_THAT(profile.column_as("x", ColumnType::category).error().message,
                HasSubstr("column 'x' has a text of more than 4 KiB"));
    ColumnProfile longest(CommaUse::groups);
    longest.add(std::string(longest_level_bytes, 'x'));
    EXPECT_EQ(longest.levels().size(), 1U);
}

TEST(BestColumn, CutsALongWordAmongNumbersInItsNote) {
    std::vector<std::string> values(100, "5");
    values[3] = "6";
    values[7] = std::string(std::size_t{3} << 20, 'x');
    const Column column = column_of(values);
    EXPECT_EQ(column.type, ColumnType::number);
    EXPECT_LT(column.note.size(), 300U);
}

/// Profiles of `rows` different texts each.
ColumnProfile made_profile(std::string_view start, int rows) {
    ColumnProfile profile(CommaUse::groups);
    for (int i = 0; i < rows; ++i) {
        profile.add(std::string(start) + std::to_string(i));
    }
    return profile;
}

TEST(LimitLevels, DropsNumbersFirstAndThenTheLargestLists) {
    std::vector<ColumnProfile> profiles{made_profile("", 50), made_profile("word ", 60),
                                        made_profile("text ", 200), made_profile("", 50)};
    const auto have_levels = [&] {
        std::vector<bool> have;
        for (const ColumnProfile& profile : profiles) {
            have.push_back(!profile.levels().empty());
        }
        return have;
    };
    const auto limit_to = [&](std::size_t from_last) {
        std::size_t bytes = 0;
        for (const ColumnProfile& profile : profiles) {
            bytes += profile.level_bytes();
        }
        limit_levels(profiles, bytes - from_last);
    };
    limit_to(0);
    EXPECT_THAT(have_levels(), ElementsAre(true, true, true, true));
    limit_to(1);
    EXPECT_THAT(have_levels(), ElementsAre(true, true, true, false));
    limit_to(1);
    EXPECT_THAT(have_levels(), ElementsAre(false, true, true, false));
    limit_to(1);
    EXPECT_THAT(have_levels(), ElementsAre(false, true, false, false));
    EXPECT_EQ(profiles[0].best_column("x").note, "it only counts the rows");
    EXPECT_EQ(profiles[3].column_as("x", ColumnType::number)->type, ColumnType::number);
    EXPECT_THAT(profiles[2].best_column("x").note, HasSubstr("it has too many different values"));
}

// An id takes more memory than numbers of which some occur twice.
TEST(LimitLevels, DropsNumbersThatMayBeAnIdAfterOthers) {
    std::vector<ColumnProfile> profiles{made_profile("", 60), made_profile("", 59)};
    profiles[1].add("7");
    ASSERT_GT(profiles[0].level_bytes(), profiles[1].level_bytes());
    limit_levels(profiles, profiles[0].level_bytes());
    EXPECT_FALSE(profiles[0].levels().empty());
    EXPECT_TRUE(profiles[1].levels().empty());
}

TEST(ColumnProfile, ATextThatIsTooLongDoesNotMakeAFewNumbersMany) {
    std::vector<std::string> values(40, std::string(5000, 'x'));
    values.insert(values.end(), 20, "1");
    values.insert(values.end(), 20, "3");
    EXPECT_EQ(column_of(values).type, ColumnType::ignored);
}

TEST(NumberSummary, HasMeanAndDeviationOfThePopulation) {
    NumberSummary summary;
    for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) {
        summary.add(value);
    }
    EXPECT_DOUBLE_EQ(summary.mean, 5.0);
    EXPECT_DOUBLE_EQ(summary.deviation(), 2.0);
    EXPECT_EQ(summary.minimum, 2.0);
    EXPECT_EQ(summary.maximum, 9.0);
}

TEST(ColumnAs, HasTheChosenTypeIfTheValuesDo) {
    ColumnProfile profile(CommaUse::groups);
    profile.add("1");
    profile.add("3");
    profile.add("1");
    EXPECT_THAT(profile.column_as("x", ColumnType::category).value().levels, ElementsAre("1", "3"));
    EXPECT_EQ(profile.column_as("x", ColumnType::ignored).value().type, ColumnType::ignored);
    const auto date = profile.column_as("x", ColumnType::date);
    ASSERT_FALSE(date);
    EXPECT_THAT(date.error().message, HasSubstr("column 'x' has values that are not dates"));
}

}  // namespace
}  // namespace trilby::data
