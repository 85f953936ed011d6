// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/time_budget.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

/// An epoch takes 11 seconds, and the test 2.
const Examination examination{.training_examples = 1000,
                              .validation_examples = 100,
                              .test_examples = 200,
                              .steps_per_epoch = 100,
                              .seconds_per_step = 0.1,
                              .seconds_per_evaluation = 1.0};

Recipe recipe_with(std::int64_t epochs, double warmup_epochs = 0.0) {
    Recipe recipe;
    recipe.training.epochs = epochs;
    recipe.schedule.warmup_epochs = warmup_epochs;
    return recipe;
}

TEST(TimeBudget, EstimatesEpochsAndTest) {
    EXPECT_DOUBLE_EQ(estimated_seconds(recipe_with(3).training, examination), 3 * 11 + 2);
}

TEST(TimeBudget, HasAsManyEpochsAsFit) {
    EXPECT_EQ(fit_into(recipe_with(1), examination, 120)->training.epochs, 10);
    EXPECT_EQ(fit_into(recipe_with(500), examination, 120)->training.epochs, 10);
}

TEST(TimeBudget, EndsEarlyForATable) {
    Recipe recipe = recipe_with(50);
    recipe.task = table::Settings{};
    EXPECT_EQ(fit_into(recipe, examination, 120)->training.epochs, 10);
    EXPECT_EQ(fit_into(recipe, examination, 24'000)->training.epochs, 200);
}

TEST(TimeBudget, HasNoMoreEpochsThanAreWanted) {
    Recipe table = recipe_with(1);
    table.task = table::Settings{};
    for (const Recipe& recipe : {recipe_with(1), table}) {
        EXPECT_EQ(fit_into(recipe, examination, 120, 1)->training.epochs, 1);
        EXPECT_EQ(fit_into(recipe, examination, 120, 7)->training.epochs, 7);
        EXPECT_EQ(fit_into(recipe, examination, 120, 300)->training.epochs, 10);
        EXPECT_EQ(fit_into(recipe, examination, 24'000, 300)->training.epochs, 300);
        EXPECT_EQ(fit_into(recipe, examination, 8, 3)->training.steps_per_epoch, 47);
    }
}

TEST(TimeBudget, ShortensTheEpochIfNotEvenOneFits) {
    const Recipe fitted = fit_into(recipe_with(3), examination, 8).value();
    EXPECT_EQ(fitted.training.epochs, 1);
    EXPECT_EQ(fitted.training.steps_per_epoch, 47);
}

TEST(TimeBudget, LeavesTimeForMoreThanTheWarmUp) {
    EXPECT_DOUBLE_EQ(fit_into(recipe_with(100, 5.0), examination, 120)->schedule.warmup_epochs,
                     1.0);
    EXPECT_DOUBLE_EQ(fit_into(recipe_with(100, 0.5), examination, 120)->schedule.warmup_epochs,
                     0.5);
    Recipe steps = recipe_with(100);
    steps.schedule.warmup_steps = 500;
    EXPECT_EQ(fit_into(steps, examination, 120)->schedule.warmup_steps, 100);
    EXPECT_EQ(fit_into(steps, examination, 8)->schedule.warmup_steps, 5);  // of 47
}

TEST(TimeBudget, RefusesATimeThatIsTooShortForAStep) {
    const auto fitted = fit_into(recipe_with(1), examination, 1);
    EXPECT_EQ(fitted.error().code, ErrorCode::usage);
    EXPECT_THAT(fitted.error().message, HasSubstr("too short: a step and a validation take 1.1 s"));
}

TEST(TimeBudget, LeavesTimeForTheEvaluationsWhenItEndsARunThatBecameSlow) {
    EXPECT_DOUBLE_EQ(time_limit(examination, 100), 110 - 1 - 2);
    EXPECT_DOUBLE_EQ(time_limit(examination, 1), 0);
}

}  // namespace
}  // namespace trilby::train
