// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/baselines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train::series {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

double metric_of(const Baseline& baseline, const char* name) {
    return *baseline.metrics.at(name).content;
}

TEST(SeriesBaselines, AreMeasuredOnEveryWindow) {
    const std::vector<float> values{0, 1, 3, 2, 0};
    // Windows of two rows: (0, 1), (1, 3), (3, 2), (2, 0); the second row is forecast.
    const WindowSet windows{
        .values = values, .variables = 1, .first_rows = {0, 4}, .look_back = 1, .horizon = 1};
    const auto baselines = baselines_of(windows, 1);
    ASSERT_THAT(baselines, SizeIs(2));
    EXPECT_EQ(baselines[0].name, "last value");
    EXPECT_DOUBLE_EQ(metric_of(baselines[0], "mse"), (1.0 + 4.0 + 1.0 + 4.0) / 4.0);
    EXPECT_DOUBLE_EQ(metric_of(baselines[0], "mae"), (1.0 + 2.0 + 1.0 + 2.0) / 4.0);
    EXPECT_EQ(baselines[1].name, "mean of the training part");
    EXPECT_DOUBLE_EQ(metric_of(baselines[1], "mse"), (1.0 + 9.0 + 4.0 + 0.0) / 4.0);
}

TEST(SeriesBaselines, TheSeasonalOneIsExactOnASeriesThatRepeats) {
    std::vector<float> values;
    for (int row = 0; row < 40; ++row) {
        values.push_back(static_cast<float>(row % 4));
        values.push_back(static_cast<float>(3 - row % 4));
    }
    // The horizon is longer than the period.
    const WindowSet windows{
        .values = values, .variables = 2, .first_rows = {10, 25}, .look_back = 5, .horizon = 9};
    const auto baselines = baselines_of(windows, 4);
    ASSERT_THAT(baselines, SizeIs(3));
    EXPECT_EQ(baselines[1].name, "value 4 steps before");
    EXPECT_EQ(metric_of(baselines[1], "mse"), 0.0);
    EXPECT_GT(metric_of(baselines[0], "mse"), 1.0);
}

TEST(SeriesBaselines, LeaveOutTargetsThatAreMissing) {
    // The third value is filled with the second.
    const std::vector<float> values{0, 1, 1, 2, 0};
    const std::vector<std::uint8_t> known{1, 1, 0, 1, 1};
    const WindowSet windows{.values = values,
                            .known = known,
                            .variables = 1,
                            .first_rows = {0, 4},
                            .look_back = 1,
                            .horizon = 1};
    const auto baselines = baselines_of(windows, 1);
    EXPECT_DOUBLE_EQ(metric_of(baselines[0], "mse"), (1.0 + 1.0 + 4.0) / 3.0);
    EXPECT_DOUBLE_EQ(metric_of(baselines[1], "mae"), (1.0 + 2.0 + 0.0) / 3.0);
}

TEST(SeriesBaselines, LeaveOutAPeriodThatIsLongerThanThePast) {
    const std::vector<float> values(20);
    const WindowSet windows{
        .values = values, .variables = 1, .first_rows = {0, 10}, .look_back = 5, .horizon = 5};
    EXPECT_THAT(baselines_of(windows, 6), SizeIs(2));
    EXPECT_THAT(baselines_of(windows, 5), SizeIs(3));
}

TEST(SeriesBaselines, AreNoneWithoutWindows) {
    EXPECT_THAT(baselines_of({}, 1), IsEmpty());
}

}  // namespace
}  // namespace trilby::train::series
