// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/plan.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> names(const std::vector<PlannedCheck>& plan) {
    std::vector<std::string> out;
    for (const PlannedCheck& planned : plan) {
        out.emplace_back(planned.check->name);
    }
    return out;
}

double total_seconds(const std::vector<PlannedCheck>& plan) {
    return std::accumulate(
        plan.begin(), plan.end(), 0.0,
        [](double sum, const PlannedCheck& planned) { return sum + planned.seconds; });
}

TEST(Catalog, EveryCheckRunsAtSomeLevelAndIsExplained) {
    for (const CheckInfo& check : known_checks()) {
        EXPECT_GT(seconds_of(check, 0), 0) << check.name;
        EXPECT_LE(check.seconds_at(1), check.seconds_at(2)) << check.name;
        EXPECT_LE(check.seconds_at(2), check.seconds_at(3)) << check.name;
        EXPECT_FALSE(check.summary.empty()) << check.name;
        EXPECT_FALSE(check.finds.empty()) << check.name;
        EXPECT_EQ(find_check(check.name), &check);
    }
}

// Starting a worker takes up to a second for each check.
TEST(Plan, LevelsKeepTheirDocumentedTimes) {
    constexpr double limits[] = {30, 180, 15 * 60};
    for (int level = 1; level <= highest_timed_level; ++level) {
        const auto plan = make_plan({.level = level});
        ASSERT_TRUE(plan);
        EXPECT_LT(total_seconds(*plan) + static_cast<double>(plan->size()), limits[level - 1])
            << "level " << level;
    }
}

// The check `cores` takes only the start of its worker: it is for CPUs, which are one device.
TEST(Plan, LevelsKeepTheirDocumentedTimesWithTheChecksOfTheMachine) {
    constexpr double limits[] = {30, 180, 15 * 60};
    for (int level = 1; level <= highest_timed_level; ++level) {
        const auto plan = make_plan({.level = level, .every_device = true});
        ASSERT_TRUE(plan);
        const double seconds = total_seconds(*plan) - find_check("cores")->seconds_at(level);
        EXPECT_LT(seconds + static_cast<double>(plan->size()), limits[level - 1])
            << "level " << level;
    }
}

TEST(Plan, ChecksOfTheMachineNeedAllDevices) {
    EXPECT_THAT(names(*make_plan({.level = 3})), Not(::testing::Contains("collectives")));
    EXPECT_THAT(names(*make_plan({.level = 2, .every_device = true})),
                ::testing::Contains("collectives"));
    for (const int quick : {0, 1}) {
        EXPECT_THAT(names(*make_plan({.level = quick, .every_device = true})),
                    Not(::testing::Contains("collectives")));
    }
    const auto named = make_plan({.level = 1, .checks = {"collectives"}, .every_device = true});
    ASSERT_TRUE(named);
    EXPECT_THAT(names(*named), ElementsAre("collectives"));
    const auto refused = make_plan({.checks = {"matmul", "collectives"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_EQ(refused.error().message, "the check collectives is for all devices together");
    EXPECT_EQ(refused.error().hint, "add --device all");
}

TEST(Plan, LevelZeroPutsNoLoadOnTheDevice) {
    const auto plan = make_plan({.level = 0});
    ASSERT_TRUE(plan);
    EXPECT_THAT(names(*plan), ElementsAre("known-answer", "health"));
    for (const PlannedCheck& planned : *plan) {
        EXPECT_EQ(planned.check->workers, 0) << planned.check->name;
    }
}

TEST(Plan, TheInventoryIsComparedAtEveryLevelIfThereIsSomethingToCompare) {
    for (int level = 0; level <= highest_level; ++level) {
        const auto plan = make_plan({.level = level, .has_inventory = true});
        ASSERT_TRUE(plan);
        EXPECT_EQ(names(*plan).back(), "inventory");
        EXPECT_THAT(names(*make_plan({.level = level})), Not(::testing::Contains("inventory")));
    }
    const auto only = make_plan({.checks = {"matmul"}, .has_inventory = true});
    ASSERT_TRUE(only);
    EXPECT_THAT(names(*only), ElementsAre("matmul", "inventory"));
    EXPECT_FALSE(make_plan({.checks = {"inventory"}}));
}

TEST(Plan, LevelOneLeavesOutLongChecks) {
    const auto plan = make_plan({.level = 1});
    ASSERT_TRUE(plan);
    EXPECT_THAT(names(*plan), Not(::testing::Contains("soak")));
    EXPECT_THAT(names(*plan), ::testing::Contains("matmul"));
}

TEST(Plan, ANamedCheckRunsEvenWhereItsLevelLeavesItOut) {
    const auto plan = make_plan({.level = 1, .checks = {"soak"}});
    ASSERT_TRUE(plan);
    EXPECT_THAT(names(*plan), ElementsAre("soak"));
    EXPECT_EQ(plan->at(0).seconds, find_check("soak")->seconds_at(2));
}

TEST(Plan, FamiliesAndChecksCanBeExcluded) {
    const auto plan = make_plan({.level = 3, .excluded = {"arithmetic", "soak"}});
    ASSERT_TRUE(plan);
    EXPECT_THAT(names(*plan),
                AllOf(Not(::testing::Contains("matmul")), Not(::testing::Contains("soak")),
                      ::testing::Contains("memory")));
}

TEST(Plan, ABudgetIsDividedAmongTheChecks) {
    const auto plan = make_plan({.level = 2, .budget_seconds = 10.0});
    ASSERT_TRUE(plan);
    EXPECT_NEAR(total_seconds(*plan), 10, 1e-9);
    const auto long_plan = make_plan({.level = 4});
    ASSERT_TRUE(long_plan);
    EXPECT_NEAR(total_seconds(*long_plan), level_4_seconds, 1e-6);
}

TEST(Plan, OnlyASingleCheckCanBeLimitedToARound) {
    const auto plan = make_plan({.checks = {"matmul"}, .round = 12});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->at(0).round, 12U);
    const auto two = make_plan({.checks = {"matmul", "attention"}, .round = 12});
    ASSERT_FALSE(two);
    EXPECT_EQ(two.error().code, ErrorCode::usage);
}

TEST(Plan, UnknownNamesAreRefusedWithASuggestion) {
    const auto plan = make_plan({.checks = {"matmull"}});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, ErrorCode::usage);
    EXPECT_THAT(plan.error().message, HasSubstr("did you mean 'matmul'?"));
    EXPECT_FALSE(make_plan({.checks = {"arithmetic"}}));  // a family is not a check
    EXPECT_FALSE(make_plan({.excluded = {"nothing"}}));
}

TEST(Plan, NothingLeftToRunIsAnError) {
    const auto plan = make_plan({.checks = {"matmul"}, .excluded = {"arithmetic"}});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace trilby::validate
