// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/column.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Column column_of(const std::vector<std::string>& values, CommaUse commas = CommaUse::groups) {
    ColumnProfile profile(commas);
    for (const std::string& value : values) {
        profile.add(value);
    }
    return profile.best_column("x");
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
    EXPECT_EQ(column.note, "1 values that are not numbers ('unknown') count as missing");
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
