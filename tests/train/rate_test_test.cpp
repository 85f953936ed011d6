// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/rate_test.hpp"

#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <limits>

#include "base/random.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

/// The points that a worker would report for a loss that depends on the rate alone.
RatePoints points_of(const std::function<double(double)>& loss) {
    RatePoints points;
    for (std::int64_t step = 0; step < rate_test_steps; ++step) {
        const double rate = tested_rate(step);
        points.push_back({rate, loss(rate)});
        if (is_diverging(points)) {
            break;
        }
    }
    return points;
}

/// Falls to half at `best` and rises steeply after it.
double valley(double rate, double best) {
    const double decades = std::log10(rate / best);
    return decades > 0.0 ? 1.0 + 4.0 * decades : 1.0 + std::min(1.0, -decades / 2.0);
}

TEST(RateTest, RisesFromTheLowestRateToTheHighest) {
    EXPECT_DOUBLE_EQ(tested_rate(0), 1e-6);
    EXPECT_NEAR(tested_rate(rate_test_steps - 1), 10.0, 1e-9);
    EXPECT_GT(tested_rate(1), tested_rate(0));
}

TEST(RateTest, AdvisesAThirdOfTheRateWithTheLowestLoss) {
    const RateAdvice advice = advise(points_of([](double rate) { return valley(rate, 0.1); }));
    ASSERT_TRUE(advice.learning_rate);
    EXPECT_NEAR(*advice.learning_rate, 0.033, 0.008);
    EXPECT_THAT(advice.reason, HasSubstr("where the loss is lowest"));
}

TEST(RateTest, AdviceDoesNotDependOnTheScaleOfTheLoss) {
    const auto advice_for = [](double scale) {
        return advise(points_of([=](double rate) { return scale * valley(rate, 0.1); }))
            .learning_rate;
    };
    EXPECT_EQ(advice_for(1e-9), advice_for(1.0));
    EXPECT_EQ(advice_for(1e9), advice_for(1.0));
}

TEST(RateTest, DifferencesBetweenBatchesAreNotTakenForLearning) {
    SplitMix64 random(5);
    const auto noise = [&](double) {
        return 1.0 + static_cast<double>(random.below(1000)) / 3000.0;
    };
    const RateAdvice advice = advise(points_of(noise));
    EXPECT_FALSE(advice.learning_rate);
    EXPECT_THAT(advice.reason, HasSubstr("no rate lowers the loss"));
}

TEST(RateTest, EndsAtTwiceTheLossOfTheStart) {
    const RatePoints points = points_of([](double rate) { return valley(rate, 0.001); });
    EXPECT_LT(points.size(), static_cast<std::size_t>(rate_test_steps));
    EXPECT_LT(points.back().loss, 6.0);
}

TEST(RateTest, EndsAtALossThatIsNotFinite) {
    const RatePoints points = points_of([](double rate) {
        return rate < 1e-3 ? valley(rate, 1e-3) : std::numeric_limits<double>::quiet_NaN();
    });
    EXPECT_TRUE(std::isnan(points.back().loss));
    EXPECT_LT(points.back().learning_rate, 1.1e-3);
}

TEST(RateTest, GivesNoAdviceWithoutAnyFiniteLoss) {
    const RateAdvice advice = advise({});
    EXPECT_FALSE(advice.learning_rate);
    EXPECT_THAT(advice.reason, HasSubstr("not finite"));
}

TEST(RateTest, MeanOfNeighborsKeepsRatesAndNumberOfPoints) {
    const RatePoints points{{1.0, 0.0}, {2.0, 10.0}, {3.0, 20.0}};
    const RatePoints means = smoothed(points);
    ASSERT_EQ(means.size(), 3U);
    EXPECT_DOUBLE_EQ(means[1].learning_rate, 2.0);
    EXPECT_DOUBLE_EQ(means[1].loss, 10.0);
}

TEST(RateTest, IsReadAsItIsWritten) {
    const auto test = parse_rate_test(to_json(RateTest{{{1e-6, 2.5}, {1e-5, 2.25}}}));
    ASSERT_TRUE(test);
    ASSERT_EQ(test->points.size(), 2U);
    EXPECT_DOUBLE_EQ(test->points[1].loss, 2.25);
    EXPECT_FALSE(parse_rate_test({{"points", "none"}}));
}

}  // namespace
}  // namespace trilby::train
