// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry_cost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>

#include "validate/quantities.hpp"

namespace trilby::validate {
namespace {

/// A report in which each pair of windows kept these percentages of the speed.
CheckReport kept(std::initializer_list<double> percentages) {
    Series series{std::string(quantities::kept_with_telemetry.name), "pair", "%", {}};
    for (const double percent : percentages) {
        series.points.emplace_back(series.points.size(), percent);
    }
    CheckReport report;
    report.series = {{"something else", "x", "y", {}}, series};
    return report;
}

TEST(JudgeTelemetryCost, ASlowdownInEveryPairIsAWarning) {
    const auto issue = judge_telemetry_cost(kept({36, 41, 50, 38}));
    ASSERT_TRUE(issue);
    EXPECT_EQ(issue->kind, IssueKind::warning);
    EXPECT_EQ(sentence(*issue),
              "speed while telemetry is read: found 36 to 50 % of that without, expected at least "
              "80 %");
    EXPECT_NE(issue->remedy, "");
}

// Other load on the machine hits some of the windows, with and without telemetry.
TEST(JudgeTelemetryCost, ASlowdownThatOnePairLacksIsNoise) {
    EXPECT_FALSE(judge_telemetry_cost(kept({36, 41, 80, 38})));
    EXPECT_FALSE(judge_telemetry_cost(kept({20, 500, 30, 40})));
}

TEST(JudgeTelemetryCost, TooFewPairsAreNotJudged) {
    EXPECT_FALSE(judge_telemetry_cost(kept({36, 41, 50})));
    EXPECT_FALSE(judge_telemetry_cost(kept({})));
    EXPECT_FALSE(judge_telemetry_cost({}));
}

TEST(WindowPart, IsThatOfAQuarterOfASecondOrLongerInALongCheck) {
    EXPECT_DOUBLE_EQ(window_part(2.5), 0.1);
    constexpr double a_week = 7 * 24 * 3600;
    constexpr std::size_t most_rows_of_a_report = 4096;
    EXPECT_LT(1 / window_part(a_week), most_rows_of_a_report);
}

}  // namespace
}  // namespace trilby::validate
