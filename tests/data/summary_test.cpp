// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/summary.hpp"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::vector<ColumnType> types_of(const DataSummary& summary) {
    std::vector<ColumnType> types;
    for (const ColumnSummary& column : summary.table->columns) {
        types.push_back(column.type);
    }
    return types;
}

class SummaryTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<DataSummary> of(std::string_view name, std::string_view content) const {
        return summarize(folder_.write(name, content));
    }
    TemporaryFolder folder_;
};

TEST_F(SummaryTest, IsATable) {
    const auto summary =
        of("t.csv", "size,color,day\n1,red,2024-01-05\n2,blue,2024-01-02\n,red,\n");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::table);
    EXPECT_EQ(summary->table->rows, 3U);
    EXPECT_THAT(types_of(*summary),
                ElementsAre(ColumnType::number, ColumnType::category, ColumnType::date));
    EXPECT_EQ(summary->table->columns[0].missing, 1U);
    EXPECT_EQ(summary->table->columns[0].mean, 1.5);
    EXPECT_EQ(summary->table->columns[1].most_frequent[0].text, "red");
    EXPECT_EQ(summary->table->columns[2].first, "2024-01-02");
}

TEST_F(SummaryTest, IsATableIfTheFirstLineGivesTheSeparator) {
    const auto summary = of("t", "\xef\xbb\xbfsep=;\nsize;color\n1,5;red\n2,5;blue\n4;red\n");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::table);
    EXPECT_EQ(summary->table->rows, 3U);
    EXPECT_EQ(summary->table->columns[0].minimum, 1.5);
}

TEST_F(SummaryTest, IsASeriesIfADateColumnAdvancesInEqualSteps) {
    const auto summary = of("s.csv",
                            "when,load\n2024-01-01 00:00,5\n2024-01-01 01:00,6\n"
                            "2024-01-01 02:00,5\n");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::series);
    EXPECT_EQ(summary->table->time->step, "1 hour");
    EXPECT_EQ(summary->table->time->last, "2024-01-01 02:00:00");
    EXPECT_EQ(summary->table->time->first, "2024-01-01 00:00:00");
}

TEST_F(SummaryTest, ShowsDatesOfAllCenturies) {
    const auto summary = of("t.csv", "day,n\n1012-04-01,1\n2999-12-31 23:59,2\n1500-01-01,3\n");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->table->columns[0].first, "1012-04-01 00:00:00");
    EXPECT_EQ(summary->table->columns[0].last, "2999-12-31 23:59:00");
}

TEST_F(SummaryTest, IsTextWhereLinesHaveNoEqualColumns) {
    const auto summary = of("story.txt", "Once upon a time, there was\na hat.\n");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::text);
    EXPECT_EQ(summary->text->lines, 2U);
}

TEST_F(SummaryTest, SaysHowManyImagesAreDamaged) {
    folder_.write("images/a/1.png", testing::made_png(4, 6, 0));
    folder_.write("images/b/1.jpg", testing::made_jpeg(16, 8, {1, 2, 3}));
    folder_.write("images/b/2.png", "not an image");
    const auto summary = summarize(folder_ / "images");
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->kind, DataKind::images);
    EXPECT_EQ(summary->images->images, 3U);
    EXPECT_EQ(summary->images->damaged, 1U);
    EXPECT_THAT(summary->images->first_damage, HasSubstr("2.png"));
    EXPECT_EQ(summary->images->smallest_width, 4U);
    EXPECT_EQ(summary->images->largest_width, 16U);
    EXPECT_TRUE(summary->images->has_colors);
}

TEST_F(SummaryTest, RefusesFoldersWithoutImagesAndMissingPaths) {
    EXPECT_EQ(summarize(folder_.path()).error().code, ErrorCode::bad_data);
    EXPECT_EQ(summarize(folder_ / "nothing").error().code, ErrorCode::no_input);
}

TEST_F(SummaryTest, SaysThatImagesOutsideOfFoldersHaveNoClasses) {
    folder_.write("1.png", "x");
    EXPECT_THAT(summarize(folder_.path()).error().message, ::testing::HasSubstr("have no classes"));
}

/// The folder of real data, or empty.
std::filesystem::path real_data() {
    const char* folder = std::getenv("TRILBY_RECORDED_MACHINES");
    return folder == nullptr ? "" : std::filesystem::path(folder).parent_path() / "data";
}

TEST(RealData, IsUnderstood) {
    if (!std::filesystem::exists(real_data() / "diamonds.csv")) {
        GTEST_SKIP() << "the folder of real data is not beside the source tree";
    }
    const auto diamonds = summarize(real_data() / "diamonds.csv");
    ASSERT_TRUE(diamonds) << diamonds.error().message;
    EXPECT_EQ(diamonds->table->rows, 53'940U);
    EXPECT_EQ(std::ranges::count(types_of(*diamonds), ColumnType::category), 3);
    EXPECT_EQ(std::ranges::count(types_of(*diamonds), ColumnType::number), 7);
    const auto hours = summarize(real_data() / "ETTh1.csv");
    ASSERT_TRUE(hours) << hours.error().message;
    EXPECT_EQ(hours->kind, DataKind::series);
    EXPECT_EQ(hours->table->time->step, "1 hour");
    EXPECT_EQ(hours->table->time->gaps, 0U);
    const auto text = summarize(real_data() / "tinyshakespeare.txt");
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(text->kind, DataKind::text);
    EXPECT_EQ(text->text->distinct, 65U);
}

}  // namespace
}  // namespace trilby::data
