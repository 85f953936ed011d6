// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/schedule.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;

Recipe recipe_with(ScheduleSettings schedule) {
    Recipe recipe;
    recipe.training.epochs = 10;
    recipe.optimizer.learning_rate = 1.0;
    recipe.schedule = schedule;
    return recipe;
}

TEST(LearningRate, WarmsUpLinearlyThenStays) {
    const Recipe recipe = recipe_with({.warmup_epochs = 1.0});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 9), 0.1);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 8, 9), 0.9);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 9, 9), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 89, 9), 1.0);
}

TEST(LearningRate, CosineFallsFromThePeakToItsEnd) {
    const Recipe recipe =
        recipe_with({.kind = ScheduleSettings::Kind::cosine, .final_fraction = 0.2});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 10), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 50, 10), 0.6);
    EXPECT_NEAR(learning_rate_at(recipe, 99, 10), 0.2, 1e-3);
    for (int step = 1; step < 100; ++step) {
        EXPECT_LT(learning_rate_at(recipe, step, 10), learning_rate_at(recipe, step - 1, 10));
    }
}

TEST(LearningRate, WarmsUpForStepsAndEpochsTogether) {
    const Recipe recipe = recipe_with({.warmup_epochs = 0.5, .warmup_steps = 4});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 10), 0.1);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 9, 10), 1.0);
}

TEST(LearningRate, LinearFallsFromThePeakToItsEnd) {
    const Recipe recipe =
        recipe_with({.kind = ScheduleSettings::Kind::linear, .final_fraction = 0.1});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 10), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 50, 10), 0.55);
    EXPECT_NEAR(learning_rate_at(recipe, 99, 10), 0.1, 1e-2);
}

TEST(LearningRate, LinearMayStayAtThePeakFirst) {
    const Recipe recipe = recipe_with(
        {.kind = ScheduleSettings::Kind::linear, .warmup_epochs = 1.0, .decay_fraction = 0.4});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 10, 10), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 60, 10), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 80, 10), 0.5);
    EXPECT_NEAR(learning_rate_at(recipe, 99, 10), 0.025, 1e-9);
}

TEST(LearningRate, OneCycleRisesToThePeakThenFallsToItsEnd) {
    const Recipe recipe =
        recipe_with({.kind = ScheduleSettings::Kind::one_cycle, .rise_fraction = 0.3});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 10), 0.04);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 15, 10), 0.52);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 30, 10), 1.0);
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 65, 10), 0.5);
    EXPECT_LT(learning_rate_at(recipe, 99, 10), 1e-3);
}

TEST(LearningRate, OneCycleMayBeginAtThePeak) {
    const Recipe recipe =
        recipe_with({.kind = ScheduleSettings::Kind::one_cycle, .rise_fraction = 0.0});
    EXPECT_DOUBLE_EQ(learning_rate_at(recipe, 0, 10), 1.0);
}

TEST(LearningRate, IsPositiveAndAtMostThePeakInEveryShortRun) {
    using Kind = ScheduleSettings::Kind;
    for (const Kind kind : {Kind::constant, Kind::cosine, Kind::linear, Kind::one_cycle}) {
        for (const std::int64_t steps_per_epoch : {1, 2, 7}) {
            const Recipe recipe = recipe_with({.kind = kind, .warmup_epochs = 0.7});
            for (std::int64_t step = 0; step < 10 * steps_per_epoch; ++step) {
                EXPECT_GT(learning_rate_at(recipe, step, steps_per_epoch), 0.0) << step;
                EXPECT_LE(learning_rate_at(recipe, step, steps_per_epoch), 1.0) << step;
            }
        }
    }
}

TEST(LearningRate, WarmUpMayBeLongerThanTheRun) {
    const Recipe recipe =
        recipe_with({.kind = ScheduleSettings::Kind::cosine, .warmup_epochs = 100.0});
    EXPECT_GT(learning_rate_at(recipe, 99, 10), 0.9);
}

TEST(EpochOrder, VisitsEveryExampleOnce) {
    const auto order = epoch_order(1, 0, 1000);
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), 1000U);
    EXPECT_EQ(*std::ranges::min_element(order), 0);
    EXPECT_EQ(*std::ranges::max_element(order), 999);
}

TEST(EpochOrder, DependsOnlyOnSeedAndEpoch) {
    EXPECT_EQ(epoch_order(1, 3, 100), epoch_order(1, 3, 100));
    EXPECT_NE(epoch_order(1, 3, 100), epoch_order(1, 4, 100));
    EXPECT_NE(epoch_order(1, 3, 100), epoch_order(2, 3, 100));
}

TEST(EpochOrder, StaysTheSameFromReleaseToRelease) {
    EXPECT_THAT(epoch_order(1, 0, 8), ElementsAre(0, 3, 7, 1, 4, 2, 6, 5));
}

TEST(StepSeed, DiffersFromStepToStep) {
    std::set<std::uint64_t> seeds;
    for (int step = 0; step < 1000; ++step) {
        seeds.insert(step_seed(1, step));
    }
    EXPECT_EQ(seeds.size(), 1000U);
}

TEST(LearningRate, AShorterRunHasAShorterWarmUp) {
    Recipe recipe;
    recipe.training.epochs = 80;
    recipe.schedule.warmup_epochs = 4.0;
    recipe.schedule.warmup_steps = 200;
    set_epochs(recipe, 20);
    EXPECT_EQ(recipe.training.epochs, 20);
    EXPECT_DOUBLE_EQ(recipe.schedule.warmup_epochs, 1.0);
    EXPECT_EQ(recipe.schedule.warmup_steps, 50);
    set_epochs(recipe, 40);
    EXPECT_DOUBLE_EQ(recipe.schedule.warmup_epochs, 1.0);
    EXPECT_EQ(recipe.schedule.warmup_steps, 50);
}

TEST(LearningRate, AWarmUpIsLimitedToATenthOfAllSteps) {
    Recipe recipe;
    recipe.training.epochs = 2;
    recipe.schedule.warmup_epochs = 0.5;
    recipe.schedule.warmup_steps = 30;
    limit_warmup(recipe, 400);  // 230 of 800 steps
    EXPECT_DOUBLE_EQ(recipe.schedule.warmup_epochs, 0.5 * 80 / 230);
    EXPECT_EQ(recipe.schedule.warmup_steps, 10);
    recipe.schedule = {.warmup_steps = 80};
    limit_warmup(recipe, 400);
    EXPECT_EQ(recipe.schedule.warmup_steps, 80);
}

}  // namespace
}  // namespace trilby::train
