// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/plan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gmock/gmock.h>

namespace trilby::train::search {
namespace {

using ::testing::ElementsAre;

constexpr Costs costs{.start_s = 1.0, .epoch_s = 1.0};
constexpr double forever = 1e6;

Rules rules_with(std::size_t candidates) {
    return {.rungs = {1, 3, 9}, .candidates = candidates, .seed = 1, .seeds = 2};
}

using ScoreOf = std::function<std::optional<double>(const Trial&)>;

/// All trials of a search in which candidate 4 is the best one.
Outcomes run(
    const Rules& rules, double seconds, const ScoreOf& score_of = [](const Trial& trial) {
        return std::abs(static_cast<double>(trial.candidate) - 4.0);
    }) {
    Outcomes outcomes;
    while (const auto trial = next_trial(rules, costs, outcomes, seconds)) {
        const double cost = 1.0 + static_cast<double>(trial->epochs);
        outcomes.push_back({*trial, score_of(*trial), cost});
        seconds -= cost;
    }
    return outcomes;
}

std::size_t count(const Outcomes& outcomes, Stage stage, std::int64_t epochs) {
    return static_cast<std::size_t>(std::ranges::count_if(outcomes, [&](const Outcome& one) {
        return one.trial.stage == stage && one.trial.epochs == epochs;
    }));
}

TEST(SearchPlan, EachRungIsThreeTimesAsLong) {
    EXPECT_THAT(rungs_for(1), ElementsAre(1));
    EXPECT_THAT(rungs_for(2), ElementsAre(2));
    EXPECT_THAT(rungs_for(12), ElementsAre(1, 4, 12));
    EXPECT_THAT(rungs_for(100), ElementsAre(3, 11, 33, 100));
}

TEST(SearchPlan, StartsWithTheRecipesOwnSettings) {
    const auto first = next_trial(rules_with(9), costs, {}, forever);
    EXPECT_EQ(first, (Trial{Stage::search, 0, 1, 1}));
}

TEST(SearchPlan, TrainsTheBestThirdForLonger) {
    Outcomes outcomes;
    for (std::size_t i = 0; i < 3; ++i) {
        outcomes.push_back({{Stage::search, i, 1, 1}, i == 1 ? 0.5 : 1.0, 2.0});
    }
    EXPECT_EQ(next_trial(rules_with(9), costs, outcomes, forever), (Trial{Stage::search, 1, 1, 3}));
    outcomes.push_back({{Stage::search, 1, 1, 3}, 0.5, 4.0});
    EXPECT_EQ(next_trial(rules_with(9), costs, outcomes, forever), (Trial{Stage::search, 3, 1, 1}));
}

TEST(SearchPlan, AHigherMetricIsBetterWhereItIsSo) {
    Rules rules = rules_with(9);
    rules.is_higher_better = true;
    Outcomes outcomes;
    for (std::size_t i = 0; i < 3; ++i) {
        outcomes.push_back({{Stage::search, i, 1, 1}, i == 1 ? 0.5 : 1.0, 2.0});
    }
    EXPECT_EQ(next_trial(rules, costs, outcomes, forever)->candidate, 0U);
}

TEST(SearchPlan, WithEnoughTimeEveryCandidateIsTrainedInFull) {
    const Outcomes outcomes = run(rules_with(9), forever);
    EXPECT_EQ(count(outcomes, Stage::search, 1), 9U);
    EXPECT_EQ(count(outcomes, Stage::search, 9), 9U);
    EXPECT_EQ(count(outcomes, Stage::compare, 9), 6U);
}

TEST(SearchPlan, TheBestAndTheRecipesOwnAreComparedWithTheSameNewSeeds) {
    const Outcomes outcomes = run(rules_with(9), forever);
    const std::vector<Outcome> last(outcomes.end() - 6, outcomes.end());
    EXPECT_THAT(finalists(rules_with(9), outcomes), ElementsAre(0, 4, 3));
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(last[i].trial.stage, Stage::compare);
        EXPECT_EQ(last[i].trial.candidate, (std::vector<std::size_t>{0, 4, 3})[i % 3]);
        EXPECT_EQ(last[i].trial.seed, i < 3 ? 2 : 3);
        EXPECT_EQ(last[i].trial.epochs, 9);
    }
}

TEST(SearchPlan, LeavesTimeForTheComparison) {
    for (const double seconds : {70.0, 100.0, 150.0, 400.0}) {
        const Outcomes outcomes = run(rules_with(200), seconds);
        EXPECT_EQ(count(outcomes, Stage::compare, 9), 6U) << seconds;
        double taken = 0.0;
        for (const Outcome& outcome : outcomes) {
            taken += outcome.seconds;
        }
        EXPECT_LE(taken, seconds);
        EXPECT_GE(taken, seconds - 10.0) << "a training would have fit";
    }
}

TEST(SearchPlan, TheTimeDecidesHowManyTrialsThereAreButNotWhich) {
    const Outcomes few = run(rules_with(200), 100.0);
    const Outcomes many = run(rules_with(200), 400.0);
    for (std::size_t i = 0; i < few.size() - 6; ++i) {
        EXPECT_EQ(few[i].trial, many[i].trial);
    }
}

TEST(SearchPlan, AFailureIsNotTrainedForLonger) {
    const Outcomes outcomes = run(rules_with(9), forever, [](const Trial& trial) {
        return trial.candidate == 2 ? std::nullopt
                                    : std::optional(static_cast<double>(trial.candidate));
    });
    EXPECT_EQ(count(outcomes, Stage::search, 1), 9U);
    EXPECT_EQ(count(outcomes, Stage::search, 9), 8U);
    EXPECT_THAT(finalists(rules_with(9), outcomes), ElementsAre(0, 1, 3));
}

TEST(SearchPlan, OnlyFailuresEndTheSearch) {
    EXPECT_EQ(run(rules_with(9), forever, [](const Trial&) { return std::nullopt; }).size(), 5U);
}

TEST(SearchPlan, NothingIsTriedTwiceAfterAnInterruption) {
    const Outcomes all = run(rules_with(9), forever);
    for (const std::size_t kept : {1U, 7U, 20U}) {
        const Outcomes outcomes(all.begin(), all.begin() + kept);
        EXPECT_EQ(next_trial(rules_with(9), costs, outcomes, forever), all[kept].trial);
    }
    EXPECT_EQ(next_trial(rules_with(9), costs, all, forever), std::nullopt);
}

TEST(SearchPlan, EstimatesFollowWhatTrialsTook) {
    const Outcomes outcomes{{{Stage::search, 0, 1, 1}, 1.0, 4.0},
                            {{Stage::search, 1, 1, 1}, 1.0, 8.0}};
    EXPECT_DOUBLE_EQ(estimated_seconds(costs, {}, {.epochs = 3}), 4.0);
    EXPECT_DOUBLE_EQ(estimated_seconds(costs, outcomes, {.candidate = 1, .epochs = 3}), 16.0);
    EXPECT_DOUBLE_EQ(estimated_seconds(costs, outcomes, {.candidate = 2, .epochs = 3}), 12.0);
}

TEST(SearchPlan, ForecastsWhatFits) {
    const Forecast forecast = search::forecast(rules_with(200), costs, 100.0);
    EXPECT_EQ(forecast.comparisons, 6U);
    EXPECT_GT(forecast.candidates, 5U);
    EXPECT_GT(forecast.trials, forecast.candidates + forecast.comparisons);
}

TEST(SearchPlan, ASearchWithoutTimeTrainsTheRecipesOwnSettingsOnly) {
    EXPECT_EQ(run(rules_with(9), 0.0).size(), 1U);
}

}  // namespace
}  // namespace trilby::train::search
