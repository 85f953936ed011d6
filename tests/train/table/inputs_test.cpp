// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/inputs.hpp"

#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace trilby::train::table {
namespace {

using data::Column;
using data::ColumnType;
using ::testing::ElementsAre;

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

TEST(KeepFrequentLevels, KeepsThoseOfTwoTrainingRows) {
    std::vector<Column> columns{
        {.name = "c", .type = ColumnType::category, .levels = {"a", "b", "c"}}};
    data::TableValues values{.rows = 6, .columns = {{.codes = {1, 3, 3, 1, 2, 0}}}};
    keep_frequent_levels(columns, values, std::array<std::uint64_t, 4>{0, 1, 2, 4});
    EXPECT_THAT(columns[0].levels, ElementsAre("c"));
    EXPECT_THAT(values.columns[0].codes, ElementsAre(0, 1, 1, 0, 0, 0));
}

TEST(NumberInputs, SayWhereANumberIsMissing) {
    const std::vector<Column> columns{{.name = "x", .type = ColumnType::number},
                                      {.name = "y", .type = ColumnType::number}};
    const data::TableValues values{
        .rows = 3, .columns = {{.numbers = {1, missing, 2}}, {.numbers = {1, 2, 3}}}};
    const Rows rows{0, 1, 2};
    const auto inputs = number_inputs(columns, values, rows);
    ASSERT_EQ(inputs.size(), 3);
    EXPECT_EQ(inputs[0].part, NumberPart::value);
    EXPECT_EQ(inputs[1].part, NumberPart::missing);
    EXPECT_EQ(inputs[2].column, "y");
}

TEST(NumberInputs, LeaveOutWhatIsConstantInTheRows) {
    const std::vector<Column> columns{{.name = "x", .type = ColumnType::number}};
    const data::TableValues values{.rows = 3, .columns = {{.numbers = {7, 7, 8}}}};
    EXPECT_TRUE(number_inputs(columns, values, Rows{0, 1}).empty());
    EXPECT_EQ(number_inputs(columns, values, Rows{0, 2}).size(), 1);
}

TEST(NumberInputs, AreThePartsOfADateThatVary) {
    constexpr double day = 86'400.0;
    const std::vector<Column> columns{{.name = "d", .type = ColumnType::date}};
    const data::TableValues values{.rows = 3, .columns = {{.seconds = {0.0, day, 40 * day}}}};
    const auto inputs = number_inputs(columns, values, Rows{0, 1, 2});
    ASSERT_EQ(inputs.size(), 3);
    EXPECT_EQ(inputs[1].part, NumberPart::day_of_year);
    EXPECT_EQ(inputs[1].curve.back().first, 40.0);
    EXPECT_EQ(inputs[2].part, NumberPart::weekday);
    EXPECT_EQ(inputs[2].curve.front().first, 1.0);  // 10 February 1970 was a Tuesday
}

TEST(FillInputs, TakesRowsInTheGivenOrder) {
    const Schema schema{
        .columns = {{.name = "c", .type = ColumnType::category, .levels = {"a", "b"}},
                    {.name = "x", .type = ColumnType::number}},
        .numbers = {{"x", NumberPart::value, {{0.0, -1.0}, {10.0, 1.0}}}},
        .target = {}};
    const data::TableValues values{
        .rows = 3, .columns = {{.codes = {2, 0, 1}}, {.numbers = {0, 10, missing}}}};
    std::array<float, 2> numbers{};
    std::array<std::int32_t, 2> codes{};
    fill_inputs(schema, values, Rows{2, 1}, numbers, codes);
    EXPECT_THAT(numbers, ElementsAre(0.0F, 1.0F));
    EXPECT_THAT(codes, ElementsAre(1, 0));
}

}  // namespace
}  // namespace trilby::train::table
