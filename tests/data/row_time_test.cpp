// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/row_time.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/series.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::TemporaryFolder;

class RowTimeTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<TableProfile> profile(std::string_view content) const {
        return profile_table(folder_.write("t.csv", content));
    }
    [[nodiscard]] Result<Series> read(std::string_view content,
                                      const SeriesChoice& choice = {}) const {
        return read_series(folder_.write("s.csv", content), choice);
    }
    TemporaryFolder folder_;
};

TEST_F(RowTimeTest, IsADateAndAClockTime) {
    const auto series = read(
        "Date;Time;power;volts\n16/12/2006;17:24:00;4.216;234.84\n16/12/2006;17:25:00;?;?\n"
        "16/12/2006;17:26:00;5.374;233.29\n16/12/2006;17:27:00;5.388;233.74\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->time, "Date + Time");
    EXPECT_EQ(series->step.text, "1 minute");
    EXPECT_THAT(series->variables, ElementsAre("power", "volts"));
    EXPECT_EQ(format_date(series->first_time), "2006-12-16 17:24:00");
    EXPECT_EQ(series->steps(), 4U);
}

TEST_F(RowTimeTest, MayHavePointsAndEmptyColumnsAndRowsAtTheEnd) {
    const auto series = read(
        "Date;Time;CO(GT);T;;\n10/03/2004;18.00.00;2,6;13,6;;\n10/03/2004;19.00.00;2;13,3;;\n"
        "10/03/2004;20.00.00;2,2;11,9;;\n10/03/2004;21.00.00;2,2;11;;\n;;;;;\n;;;;;\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->step.text, "1 hour");
    EXPECT_THAT(series->variables, ElementsAre("CO(GT)", "T"));
    EXPECT_THAT(series->values, ElementsAre(2.6, 13.6, 2, 13.3, 2.2, 11.9, 2.2, 11));
}

TEST_F(RowTimeTest, IsNumbersOfYearMonthDayAndHour) {
    std::string rows = "No,year,month,day,hour,pm2.5,cbwd\n";
    for (int hour = 0; hour < 50; ++hour) {
        rows += fmt::format("{},2010,1,{},{},{},NW\n", hour + 1, hour / 24 + 1, hour % 24,
                            hour == 0 ? "NA" : std::to_string(hour * 7 % 40));
    }
    const auto series = read(rows);
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->time, "year + month + day + hour");
    EXPECT_EQ(series->step.text, "1 hour");
    EXPECT_THAT(series->variables, ElementsAre("pm2.5"));
    EXPECT_EQ(format_date(series->last_time), "2010-01-03 01:00:00");
}

TEST_F(RowTimeTest, IsADateAndAnHour) {
    const auto series = read(
        "dteday,season,yr,mnth,hr,cnt\n2011-01-01,1,0,1,22,16\n2011-01-01,1,0,1,23,40\n"
        "2011-01-02,2,0,1,0,32\n2011-01-02,2,0,1,1,13\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->time, "dteday + hr");
    EXPECT_EQ(series->step.text, "1 hour");
}

TEST_F(RowTimeTest, IsAYearAndAMonthByNameOrNumber) {
    const auto named = read("year,month,passengers\n1949,Jan,112\n1949,Feb,118\n1949,March,132\n");
    ASSERT_TRUE(named) << named.error().message;
    EXPECT_EQ(named->step.text, "1 month");
    EXPECT_THAT(named->variables, ElementsAre("passengers"));
    const auto numbers = read("Year,Month,sun\n1949,11,5\n1949,12,1\n1950,1,2\n");
    ASSERT_TRUE(numbers) << numbers.error().message;
    EXPECT_EQ(format_date(numbers->last_time), "1950-01-01");
}

TEST_F(RowTimeTest, IsNotLookedForWhereOneColumnIsATimeAxis) {
    const auto table = profile(
        "day,sunrise,heat\n2024-01-01,08:01,5\n2024-01-02,08:02,6\n"
        "2024-01-03,08:02,4\n");
    ASSERT_TRUE(table && table->time);
    EXPECT_THAT(table->time->row.columns(), ElementsAre(0U));
}

TEST_F(RowTimeTest, IsNotATimeAxisWithRepeatsOrMissingParts) {
    const auto repeated = profile(
        "date,time,a\n2024-01-01,10:00,5\n2024-01-01,10:00,6\n2024-01-01,11:00,6\n"
        "2024-01-01,11:00,6\n");
    ASSERT_TRUE(repeated);
    EXPECT_FALSE(repeated->time);
    const auto missing = profile(
        "date,time,a\n2024-01-01,10:00,5\n2024-01-01,,6\n"
        "2024-01-01,11:00,6\n2024-01-01,12:00,6\n");
    ASSERT_TRUE(missing);
    EXPECT_FALSE(missing->time);
    EXPECT_THAT(missing->joined_times, SizeIs(0));
    const auto impossible = profile("year,month,day,a\n2023,2,28,1\n2023,2,29,2\n2023,2,30,3\n");
    ASSERT_TRUE(impossible);
    EXPECT_FALSE(impossible->time);
}

TEST_F(RowTimeTest, SortsRowsByIt) {
    const auto series = read(
        "date,time,a\n2024-01-01,10:20,2\n2024-01-01,10:00,0\n"
        "2024-01-01,10:10,1\n2024-01-01,10:30,3\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->values, ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(series->step.text, "10 minutes");
}

TEST_F(RowTimeTest, HasTheOrderOfDayAndMonthWithTheFewestGaps) {
    std::string rows = "date,hour,a\n";
    for (int hour = 0; hour < 72; ++hour) {
        rows += fmt::format("12/{}/2024,{},{}\n", hour / 24 + 1, hour % 24, hour % 5);
    }
    const auto series = read(rows);
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(format_date(series->last_time), "2024-12-03 23:00:00");
}

TEST_F(RowTimeTest, CanBeNamed) {
    const char* const rows = "date,time,a\n2024-01-01,5:00 PM,2\n2024-01-01,7:30 PM,5\n";
    const auto series = read(rows, {.time = "date + time", .variables = {}});
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->last_time - series->first_time, 9000.0);
    const auto wrong = read(rows, {.time = "date + a", .variables = {}});
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message, HasSubstr("no columns have the time 'date + a' together"));
    const auto one = read("a + b,c\n2024-01-01,1\n2024-01-02,2\n2024-01-03,2\n",
                          {.time = "a + b", .variables = {}});
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->step.text, "1 day");
}

}  // namespace
}  // namespace trilby::data
