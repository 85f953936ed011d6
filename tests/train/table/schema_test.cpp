// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train::table {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Schema made_schema() {
    return {
        .columns = {{.name = "size", .type = data::ColumnType::number},
                    {.name = "color", .type = data::ColumnType::category, .levels = {"a", "b"}}},
        .numbers = {{"size", NumberPart::value, {{1.0, -1.0}, {2.0, 1.0}}},
                    {"size", NumberPart::missing, {{0.0, -0.1}, {1.0, 1.5}}}},
        .target = {.column = "kind", .classes = {"no", "yes"}}};
}

TEST(Schema, IsTheSameAfterJson) {
    const Schema schema = made_schema();
    const auto read = parse_schema(to_json(schema));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->numbers[1].part, NumberPart::missing);
    EXPECT_EQ(read->numbers[0].curve, schema.numbers[0].curve);
    EXPECT_EQ(read->columns[1].levels, schema.columns[1].levels);
    EXPECT_EQ(to_json(*read), to_json(schema));
}

TEST(Schema, RefusesWhatNoTableHas) {
    Schema of_no_column = made_schema();
    of_no_column.numbers[0].column = "gone";
    EXPECT_THAT(parse_schema(to_json(of_no_column)).error().message, HasSubstr("'gone'"));
    Schema of_a_date = made_schema();
    of_a_date.numbers[0].part = NumberPart::weekday;
    EXPECT_FALSE(parse_schema(to_json(of_a_date)));
    Schema falling = made_schema();
    falling.numbers[0].curve = {{2.0, 0.0}, {1.0, 1.0}};
    EXPECT_FALSE(parse_schema(to_json(falling)));
    Schema one_class = made_schema();
    one_class.target.classes = {"yes"};
    EXPECT_THAT(parse_schema(to_json(one_class)).error().message, HasSubstr("target"));
}

TEST(LevelCounts, AreThoseOfCategories) {
    EXPECT_THAT(level_counts(made_schema()), ElementsAre(2));
}

TEST(Target, IsLearnedStandardizedAndReadInItsOwnUnit) {
    const Target price{
        .column = "price", .classes = {}, .is_log = true, .mean = 2.0, .deviation = 0.5};
    EXPECT_NEAR(in_own_unit(price, standardized(price, 123.0)), 123.0, 1e-9);
    const Target size{.column = "size", .classes = {}, .mean = 10.0, .deviation = 4.0};
    EXPECT_EQ(standardized(size, 14.0), 1.0);
}

}  // namespace
}  // namespace trilby::train::table
