// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNan;

Column number(std::string name) {
    return {.name = std::move(name), .type = ColumnType::number};
}

class ReadTable : public ::testing::Test {
  protected:
    Result<TableValues> read(std::string_view text, const std::vector<Column>& columns,
                             TableSize size = {}) {
        return read_table(folder_.write("t.csv", text), columns, size);
    }

    testing::TemporaryFolder folder_;
};

TEST_F(ReadTable, FindsColumnsByNameInAnyOrder) {
    const auto values = read("a,b,c\n1,2,3\n4,5,6\n", {number("c"), number("a")});
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->rows, 2);
    EXPECT_THAT(values->columns[0].numbers, ElementsAre(3, 6));
    EXPECT_THAT(values->columns[1].numbers, ElementsAre(1, 4));
}

TEST_F(ReadTable, MakesWhatIsNotAFiniteNumberMissing) {
    const auto values = read("a,b\n1,x\n,x\ninf,x\n1e300,x\nword,x\n", {number("a")});
    EXPECT_THAT(values.value().columns[0].numbers,
                ElementsAre(1, IsNan(), IsNan(), IsNan(), IsNan()));
}

TEST_F(ReadTable, NumbersLevelsFromOneAndOthersZero) {
    const Column color{.name = "c", .type = ColumnType::category, .levels = {"blue", "red"}};
    const auto values = read("c,x\nred,1\nblue,1\npink,1\n,1\n", {color});
    EXPECT_THAT(values.value().columns[0].codes, ElementsAre(2, 1, 0, 0));
}

TEST_F(ReadTable, ReadsDatesAsSeconds) {
    const Column date{.name = "d", .type = ColumnType::date, .date_order = DateOrder::day_first};
    const auto values = read("d,x\n02.01.1970,1\nNA,2\n", {date});
    EXPECT_THAT(values.value().columns[0].seconds, ElementsAre(86'400.0, IsNan()));
}

TEST_F(ReadTable, TakesTheMeaningOfCommasFromTheFileAndNotFromTheColumn) {
    const auto semicolons = read("a;b\n52,520;0,5\n", {number("a"), number("b")});
    EXPECT_THAT(semicolons.value().columns[0].numbers, ElementsAre(52.52F));
    EXPECT_THAT(semicolons->columns[1].numbers, ElementsAre(0.5F));
    Column decimal = number("a");
    decimal.commas = CommaUse::decimal;
    const auto commas = read("a,b\n\"52,520\",x\n", {decimal});
    EXPECT_THAT(commas.value().columns[0].numbers, ElementsAre(52'520.0F));
}

TEST_F(ReadTable, TakesTheMeaningOfCommasFromTheColumnIfTheFileHasNoSeparator) {
    Column decimal = number("a");
    decimal.commas = CommaUse::decimal;
    const auto values = read("a\n\"52,520\"\n\"3,5\"\n", {decimal});
    EXPECT_THAT(values.value().columns[0].numbers, ElementsAre(52.52F, 3.5F));
}

TEST_F(ReadTable, TakesTheMeaningOfCommasFromALineThatGivesTheSeparator) {
    const auto values = read("sep=;\na\n52,520\n3,5\n", {number("a")});
    EXPECT_THAT(values.value().columns[0].numbers, ElementsAre(52.52F, 3.5F));
}

TEST_F(ReadTable, CountsWhatItCannotReadAndKeepsThePlaceOfTheFirst) {
    auto values = read("a,b\n1,x\n,x\n", {number("a")}).value();
    EXPECT_EQ(values.columns[0].unknown, 0);
    append(values, read("a,b\n3,x\nbig,x\nhuge,x\n", {number("a")}).value());
    EXPECT_EQ(values.columns[0].unknown, 2);
    EXPECT_EQ(values.columns[0].first_unknown, "big");
    EXPECT_EQ(values.columns[0].first_unknown_row, 3);
    EXPECT_EQ(values.rows, 5);
}

TEST_F(ReadTable, KeepsTheStartOfALongTextThatItCannotRead) {
    const auto values =
        read("a,b\n1,x\n" + std::string(std::size_t{1} << 20, 'y') + ",x\n", {number("a")});
    EXPECT_EQ(values.value().columns[0].first_unknown, std::string(longest_level_bytes, 'y'));
}

TEST_F(ReadTable, DoesNotNeedIgnoredColumns) {
    const auto values = read("a,b\n1,2\n", {{.name = "gone"}, number("a")});
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_THAT(values->columns[0].numbers, IsEmpty());
    EXPECT_THAT(values->columns[1].numbers, ElementsAre(1));
}

TEST_F(ReadTable, ReportsAMissingColumnAndThoseThatAreThere) {
    const auto values = read("carat,price\n1,2\n", {number("karat")});
    ASSERT_FALSE(values);
    EXPECT_EQ(values.error().code, ErrorCode::bad_data);
    EXPECT_THAT(values.error().message, HasSubstr("no column 'karat' (did you mean 'carat'?)"));
    EXPECT_THAT(values.error().hint, HasSubstr("carat, price"));
}

TEST_F(ReadTable, StopsWhereMemoryIsBounded) {
    const auto values =
        read("a,b\n1,2\n3,4\n5,6\n", {number("a"), number("b")}, {.most_values = 4});
    ASSERT_FALSE(values);
    EXPECT_THAT(values.error().message, HasSubstr("line 4"));
}

}  // namespace
}  // namespace trilby::data
