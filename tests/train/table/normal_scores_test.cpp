// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/normal_scores.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace trilby::train::table {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::SizeIs;

/// 0, 1, ... count-1
std::vector<float> counted(int count) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        values.push_back(static_cast<float>(i));
    }
    return values;
}

TEST(FitNormalScores, GivesQuantilesTheirNormalScore) {
    const Curve curve = fit_normal_scores(counted(10'001));
    EXPECT_THAT(curve, SizeIs(curve_pieces + 1));
    EXPECT_NEAR(score_at(curve, 5'000.0), 0.0, 1e-3);
    EXPECT_NEAR(score_at(curve, 8'413.0), 1.0, 0.01);
    EXPECT_NEAR(score_at(curve, 1'587.0), -1.0, 0.01);
}

TEST(FitNormalScores, GivesEqualValuesTheScoreOfTheirMiddle) {
    const Curve curve = fit_normal_scores({0, 0, 0, 1});
    ASSERT_THAT(curve, SizeIs(2));
    EXPECT_NEAR(curve[0].second, -0.3186, 1e-3);  // quantile of 3/8
    EXPECT_NEAR(curve[1].second, 1.1503, 1e-3);   // of 7/8
}

TEST(FitNormalScores, IsOnePointForAConstantAndNothingForNothing) {
    EXPECT_THAT(fit_normal_scores({5, 5, 5}), SizeIs(1));
    EXPECT_THAT(fit_normal_scores({}), SizeIs(0));
}

TEST(ScoreAt, StaysWithinTheEndsAndTakesTheMedianForNaN) {
    const Curve curve{{0.0, -1.0}, {10.0, 3.0}};
    EXPECT_EQ(score_at(curve, -5.0), -1.0);
    EXPECT_EQ(score_at(curve, 5.0), 1.0);
    EXPECT_EQ(score_at(curve, 1e9), 3.0);
    EXPECT_EQ(score_at(curve, std::numeric_limits<double>::quiet_NaN()), 0.0);
}

TEST(BinEdges, DivideTheScoresIntoAtMostSoManyBins) {
    const Curve curve{{0.0, -1.0}, {1.0, 0.0}, {2.0, 0.5}, {3.0, 2.0}, {4.0, 3.0}};
    EXPECT_THAT(bin_edges(curve, 2), ElementsAre(-1.0, 0.5, 3.0));
    EXPECT_THAT(bin_edges(curve, 100), SizeIs(5));
    EXPECT_THAT(bin_edges({{0.0, -1.0}, {1.0, 1.0}}, 48), ElementsAre(-1.0, 1.0));
}

}  // namespace
}  // namespace trilby::train::table
