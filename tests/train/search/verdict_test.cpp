// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/verdict.hpp"

#include <gmock/gmock.h>

namespace trilby::train::search {
namespace {

const Rules rules{.rungs = {1, 3}, .candidates = 3, .seed = 1, .seeds = 3};

/// A search in which candidate 1 was the best, and then the scores with new seeds.
Outcomes outcomes_with(const std::vector<std::optional<double>>& own,
                       const std::vector<std::optional<double>>& other) {
    Outcomes outcomes{{{Stage::search, 0, 1, 1}, 1.0, 1.0},
                      {{Stage::search, 1, 1, 1}, 0.5, 1.0},
                      {{Stage::search, 1, 1, 3}, 0.1, 1.0}};
    std::int64_t seed = 2;
    for (const auto& score : own) {
        outcomes.push_back({{Stage::compare, 0, seed++, 3}, score, 1.0});
    }
    seed = 2;
    for (const auto& score : other) {
        outcomes.push_back({{Stage::compare, 1, seed++, 3}, score, 1.0});
    }
    return outcomes;
}

TEST(SearchVerdict, AGainBeyondTheSpreadIsBetter) {
    const auto judgment = judge(rules, outcomes_with({1.0, 1.1, 0.9}, {0.5, 0.6, 0.4}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::better);
    EXPECT_EQ(judgment->best.candidate, 1);
    EXPECT_EQ(judgment->best.seeds, 3);
    EXPECT_DOUBLE_EQ(judgment->best.mean, 0.5);
    EXPECT_NEAR(judgment->best.deviation.content.value_or(0), 0.1, 1e-12);
    EXPECT_DOUBLE_EQ(judgment->own->mean, 1.0);
}

TEST(SearchVerdict, AGainWithinTheSpreadIsNotBetter) {
    const auto judgment = judge(rules, outcomes_with({1.0, 1.1, 0.9}, {0.85, 0.95, 0.75}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::within_spread);
    EXPECT_EQ(judgment->best.candidate, 1);
}

TEST(SearchVerdict, TheRecipesOwnSettingsMayBeTheBest) {
    const auto judgment = judge(rules, outcomes_with({0.2, 0.3}, {0.4, 0.5}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::own_settings);
    EXPECT_EQ(judgment->best.candidate, 0);
}

TEST(SearchVerdict, AHigherMetricIsBetterWhereItIsSo) {
    Rules higher = rules;
    higher.is_higher_better = true;
    const auto judgment = judge(higher, outcomes_with({0.5, 0.51}, {0.9, 0.91}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::better);
}

TEST(SearchVerdict, OneSeedTellsNothing) {
    const auto judgment = judge(rules, outcomes_with({1.0}, {0.1}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::not_compared);
    EXPECT_EQ(judgment->best.candidate, 1);
}

TEST(SearchVerdict, SettingsThatFailWithASeedAreNotTheBest) {
    const auto judgment = judge(rules, outcomes_with({1.0, 1.1}, {0.1, std::nullopt}));
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->best.candidate, 0);
}

TEST(SearchVerdict, WithoutAComparisonTheSearchDecides) {
    const Outcomes outcomes = outcomes_with({}, {});
    const auto judgment = judge(rules, outcomes);
    ASSERT_TRUE(judgment);
    EXPECT_EQ(judgment->conclusion, SearchConclusion::not_compared);
    EXPECT_EQ(judgment->best.candidate, 1);
    EXPECT_EQ(judgment->best.seeds, 0);
    EXPECT_DOUBLE_EQ(judgment->best.mean, 0.1);
    EXPECT_EQ(best_trial(rules, outcomes, 1), 2U);
}

TEST(SearchVerdict, WithoutAComparisonTheRecipesOwnScoreCountsOnlyAfterAsManyEpochs) {
    Outcomes outcomes = outcomes_with({}, {});
    EXPECT_FALSE(judge(rules, outcomes)->own) << "after one epoch instead of three";
    outcomes.push_back({{Stage::search, 0, 1, 3}, 0.3, 1.0});
    const auto judgment = judge(rules, outcomes);
    EXPECT_EQ(judgment->best.candidate, 1);
    ASSERT_TRUE(judgment->own);
    EXPECT_DOUBLE_EQ(judgment->own->mean, 0.3);
}

TEST(SearchVerdict, TheBestRunIsThatWithTheBestNewSeed) {
    EXPECT_EQ(best_trial(rules, outcomes_with({1.0, 0.8, 0.9}, {}), 0), 4U);
}

TEST(SearchVerdict, FailuresHaveNoVerdict) {
    EXPECT_FALSE(judge(rules, {}));
    EXPECT_FALSE(judge(rules, {{{Stage::search, 0, 1, 1}, std::nullopt, 1.0}}));
}

}  // namespace
}  // namespace trilby::train::search
