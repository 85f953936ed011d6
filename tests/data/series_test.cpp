// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/series.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::TemporaryFolder;

class SeriesTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<Series> read(std::string_view content,
                                      const SeriesChoice& choice = {}) const {
        return read_series(folder_.write("s.csv", content), choice);
    }
    TemporaryFolder folder_;
};

TEST_F(SeriesTest, ReadsAllColumnsWithNumbersByDefault) {
    const auto series = read(
        "when,a,what,b\n2024-01-01,1,x,5.5\n2024-01-02,2,y,6\n"
        "2024-01-03,4,x,7\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->time, "when");
    EXPECT_EQ(series->step.text, "1 day");
    EXPECT_THAT(series->variables, ElementsAre("a", "b"));
    EXPECT_THAT(series->values, ElementsAre(1, 5.5, 2, 6, 4, 7));
    EXPECT_EQ(series->steps(), 3U);
    EXPECT_EQ(series->last_time - series->first_time, 2 * 86'400.0);
    EXPECT_THAT(series->notes, ElementsAre("'what' is not used: it does not hold numbers"));
}

TEST_F(SeriesTest, ReadsChosenVariables) {
    const auto series = read("when,a,b,c\n2024-01-01,1,5,1\n2024-01-02,2,6,1\n2024-01-03,4,9,1\n",
                             {.time = {}, .variables = {"c", "b"}});
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->values, ElementsAre(1, 5, 1, 6, 1, 9));
    EXPECT_THAT(series->notes, AllOf(Contains("'a' is not used: it is not chosen"),
                                     Contains("'c': it is always '1'")));
}

TEST_F(SeriesTest, SortsRowsWhoseTimesAreInEqualSteps) {
    const std::string shuffled =
        "when,a\n2024-01-03,3\n2024-01-01,1\n2024-01-04,4\n2024-01-02,2\n2024-01-05,5\n";
    const auto path = folder_.write("t.csv", shuffled);
    const auto table = profile_table(path);
    ASSERT_TRUE(table && table->time);
    EXPECT_EQ(table->time->axis.step, "1 day");
    const auto series = read_series(path, *table, {});
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->values, ElementsAre(1, 2, 3, 4, 5));
    EXPECT_THAT(series->notes, Contains(HasSubstr("sorted by time")));
}

TEST_F(SeriesTest, TakesUnorderedTimesWithGapsForATable) {
    const auto table = profile_table(folder_.write(
        "t.csv", "when,a\n2024-01-03,3\n2024-01-01,1\n2024-05-04,4\n2024-01-02,2\n2024-01-09,5\n"));
    ASSERT_TRUE(table);
    EXPECT_FALSE(table->time);
}

TEST_F(SeriesTest, TakesRowsWithoutDatesAsSteps) {
    const auto series = read("a\n3\n1\n2\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->time, "");
    EXPECT_THAT(series->values, ElementsAre(3, 1, 2));
    EXPECT_THAT(series->notes, ElementsAre(HasSubstr("no column has dates")));
}

TEST_F(SeriesTest, TakesNumbersOfSecondsAsTimesIfTheyAreChosen) {
    const auto series = read("t,a\n3600,1\n0,5\n7200,2\n", {.time = "t", .variables = {}});
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->values, ElementsAre(5, 1, 2));
    EXPECT_EQ(series->step.text, "1 hour");
    const auto huge = read("t,a\n1e300,1\n0,5\n7200,2\n", {.time = "t", .variables = {}});
    EXPECT_THAT(huge.error().message, HasSubstr("line 2: the time '1e300'"));
}

TEST_F(SeriesTest, FillsMissingValuesAndSaysSo) {
    const auto series = read(
        "t,a,b\n2024-01-01,1,1\n2024-01-02,NA,2\n2024-01-03,inf,4\n"
        "2024-01-04,4,8\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->values, ElementsAre(1, 1, 1, 2, 1, 4, 4, 8));
    EXPECT_THAT(series->notes,
                Contains("2 missing values of 'a' are filled with the values before them"));
    EXPECT_EQ(series->origin(3), Origin::table);
    EXPECT_EQ(series->origin(4), Origin::carried);
}

TEST_F(SeriesTest, ValuesThatATableCountsAsMissingAreMissing) {
    // The last is the largest number of 64 bits, with which many programs write missing values.
    const auto series = read(
        "t,a\n2024-01-01,2\n2024-01-02,1e39\n2024-01-03,4\n2024-01-04,-3.5e38\n"
        "2024-01-05,3e38\n2024-01-06,1.7976931348623157e308\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->notes,
                Contains("3 missing values of 'a' are filled with the values before them"));
    EXPECT_THAT(series->notes, Contains(HasSubstr("3 values that are infinite or beyond 3e+38")));
    EXPECT_EQ(series->values[4], 3e38);
    EXPECT_EQ(std::ranges::max(series->values), 3e38);
}

TEST_F(SeriesTest, LeavesOutAVariableWithALongGapUnlessItIsChosen) {
    const char* const rows =
        "t,a,b\n2024-01-01,1,1\n2024-01-02,,2\n2024-01-03,,4\n"
        "2024-01-04,4,8\n";
    const auto series = read(rows, {.time = {}, .variables = {}, .fill_limit = 1});
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_THAT(series->variables, ElementsAre("b"));
    EXPECT_THAT(series->values, ElementsAre(1, 2, 4, 8));
    EXPECT_THAT(series->notes, Contains("'a' lacks 2 values in a row, expected at most 1: it is "
                                        "not used"));
    const auto chosen = read(rows, {.time = {}, .variables = {"a"}, .fill_limit = 1});
    EXPECT_THAT(chosen.error().message, HasSubstr("'a' lacks 2 values in a row"));
}

TEST_F(SeriesTest, RefusesSeveralSeriesInOneFile) {
    const auto series = read(
        "t,shop,a\n2024-01-01,x,5\n2024-01-01,y,2\n2024-01-02,x,3\n"
        "2024-01-02,y,4\n");
    ASSERT_FALSE(series);
    EXPECT_EQ(series.error().code, ErrorCode::bad_data);
    EXPECT_THAT(series.error().message, HasSubstr("2 of 4 rows repeat a time of column 't'"));
    EXPECT_EQ(series.error().hint,
              "keep the rows of one series, such as those where 'shop' is 'x'");
}

TEST_F(SeriesTest, MergesTheFewTimesThatAClockRepeats) {
    std::string rows = "t,a\n";
    for (int i = 0; i < 200; ++i) {
        rows += "2024-01-" + std::to_string(10 + i / 24) + " " + std::to_string(i % 24) + ":00," +
                std::to_string(i * i) + "\n";
    }
    const auto series = read(rows + "2024-01-10 00:00,2\n");
    ASSERT_TRUE(series) << series.error().message;
    EXPECT_EQ(series->steps(), 200U);
    EXPECT_EQ(series->values[0], 1.0);
    EXPECT_THAT(series->notes, Contains("1 rows repeat a time: their means are used"));
}

TEST_F(SeriesTest, ErrorsSayWhatWasExpectedAndWhere) {
    const auto error_of = [&](std::string_view content, const SeriesChoice& choice = {}) {
        const auto series = read(content, choice);
        return series ? std::string("no error") : series.error().message;
    };
    EXPECT_THAT(error_of("t,a\n2024-01-01,x\n2024-01-02,y\n"),
                HasSubstr("s.csv': no column has numbers that change over time"));
    EXPECT_THAT(error_of("time,a\n2024-01-01,1\n", {.time = "tmie", .variables = {}}),
                HasSubstr("there is no column 'tmie' (did you mean 'time'?)"));
    EXPECT_THAT(error_of("t,a\n2024-01-01,x\n2024-01-02,y\n", {.time = {}, .variables = {"a"}}),
                HasSubstr("column 'a' does not hold numbers"));
    EXPECT_THAT(error_of("t,a\n2024-01-01,1\n,2\n2024-01-03,4\n"),
                HasSubstr("line 3: the time '' of column 't' is missing"));
    EXPECT_THAT(error_of("t,a\n2024-01-01,1,2\n"), HasSubstr("line 2 of"));
}

}  // namespace
}  // namespace trilby::data
