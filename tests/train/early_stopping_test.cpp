// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/early_stopping.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

constexpr MetricKind accuracy{.name = "accuracy", .words = "accuracy", .is_higher_better = true};
constexpr MetricKind loss{.name = "loss", .words = "loss"};

Metrics metrics(double value) {
    return {{"accuracy", {value}}, {"loss", {value}}};
}

TEST(DecidingMetric, IsTheLossIfTheAccuracyIsThatOfFewExamples) {
    EXPECT_EQ(deciding_metric("accuracy", 1'000)->name, "accuracy");
    EXPECT_EQ(deciding_metric("accuracy", 999)->name, "loss");
    EXPECT_EQ(deciding_metric("rmse", 999)->name, "rmse");
    EXPECT_EQ(deciding_metric("accuracy", 0), nullptr);
}

TEST(BestEpoch, FollowsTheDirectionOfTheMetric) {
    const BestEpoch best{1, metrics(0.5)};
    EXPECT_TRUE(is_better(accuracy, metrics(0.6), best));
    EXPECT_FALSE(is_better(accuracy, metrics(0.4), best));
    EXPECT_TRUE(is_better(loss, metrics(0.4), best));
    EXPECT_FALSE(is_better(loss, metrics(0.6), best));
}

TEST(BestEpoch, IsTheFirstOfEqualOnes) {
    EXPECT_FALSE(is_better(accuracy, metrics(0.5), {1, metrics(0.5)}));
}

TEST(BestEpoch, IsTheOneWithTheLowerLossOfEqualOnes) {
    const BestEpoch best{1, {{"accuracy", {1.0}}, {"loss", {0.5}}}};
    EXPECT_TRUE(is_better(accuracy, {{"accuracy", {1.0}}, {"loss", {0.4}}}, best));
    EXPECT_FALSE(is_better(accuracy, {{"accuracy", {1.0}}, {"loss", {0.6}}}, best));
    EXPECT_FALSE(is_better(accuracy, {{"accuracy", {1.0}}}, best));
}

TEST(BestEpoch, IsTheFirstEpochWhateverItsValue) {
    EXPECT_TRUE(is_better(accuracy, metrics(0.0), {}));
    EXPECT_TRUE(is_better(loss, metrics(1e9), {}));
}

TEST(BestEpoch, IsNeverOneWithoutAFiniteValue) {
    EXPECT_FALSE(is_better(loss, {{"loss", {}}}, {}));
    EXPECT_FALSE(is_better(loss, {}, {1, metrics(0.5)}));
    EXPECT_FALSE(is_better(loss, metrics(NAN), {}));
    EXPECT_TRUE(is_better(loss, metrics(0.5), {1, metrics(NAN)}));
}

TEST(Patience, CountsTheEpochsSinceTheBest) {
    EXPECT_FALSE(is_patience_over({3, metrics(0.5)}, 5, 3));
    EXPECT_TRUE(is_patience_over({3, metrics(0.5)}, 6, 3));
}

TEST(Patience, OfZeroHasNoEnd) {
    EXPECT_FALSE(is_patience_over({1, metrics(0.5)}, 1000, 0));
}

}  // namespace
}  // namespace trilby::train
