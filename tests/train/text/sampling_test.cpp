// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/sampling.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace trilby::train::text {
namespace {

constexpr std::array scores{0.0F, 3.0F, 1.0F, 2.0F};

/// How often each token is drawn in 10,000 draws.
std::vector<int> counts(const SamplingSettings& settings) {
    SplitMix64 random(2);
    std::vector<int> counts(scores.size());
    for (int i = 0; i < 10'000; ++i) {
        ++counts[sample(scores, settings, random)];
    }
    return counts;
}

TEST(Sampling, TakesTheHighestScoreAtTemperature0) {
    EXPECT_EQ(counts({.temperature = 0.0}), (std::vector{0, 10'000, 0, 0}));
}

TEST(Sampling, TakesTheFirstOfEqualScoresAtTemperature0) {
    SplitMix64 random(1);
    EXPECT_EQ(sample(std::array{1.0F, 2.0F, 2.0F}, {.temperature = 0.0}, random), 1U);
}

TEST(Sampling, DrawsByTheSoftmaxOfTheScores) {
    for (const double temperature : {0.5, 1.0, 2.0}) {
        const auto drawn = counts({.temperature = temperature});
        double sum = 0.0;
        for (const float score : scores) {
            sum += std::exp(score / temperature);
        }
        for (std::size_t i = 0; i < scores.size(); ++i) {
            EXPECT_NEAR(drawn[i] / 1e4, std::exp(scores[i] / temperature) / sum, 0.015);
        }
    }
}

TEST(Sampling, TopKDrawsOnlyTheKMostProbable) {
    const auto drawn = counts({.top_k = 2});
    EXPECT_EQ(drawn[0] + drawn[2], 0);
    EXPECT_GT(drawn[1], drawn[3]);
    EXPECT_GT(drawn[3], 0);
}

TEST(Sampling, TopPDrawsTheFewestThatReachIt) {
    // The probabilities are 0.032, 0.644, 0.087 and 0.237.
    EXPECT_EQ(counts({.top_p = 0.6})[1], 10'000);
    const auto drawn = counts({.top_p = 0.7});
    EXPECT_EQ(drawn[1] + drawn[3], 10'000);
    EXPECT_GT(drawn[3], 0);
    EXPECT_EQ(counts({.top_p = 0.0})[1], 10'000);
}

TEST(Sampling, FollowsFromTheSeed) {
    const auto sequence = [](std::uint64_t seed) {
        SplitMix64 random(seed);
        std::vector<std::size_t> tokens;
        for (int i = 0; i < 20; ++i) {
            tokens.push_back(sample(scores, {}, random));
        }
        return tokens;
    };
    EXPECT_EQ(sequence(7), sequence(7));
    EXPECT_NE(sequence(7), sequence(8));
}

TEST(Sampling, TakesNoScoreThatIsNotANumberBeforeOneThatIs) {
    SplitMix64 random(1);
    const std::array<float, 4> damaged{NAN, 1.0F, NAN, 2.0F};
    EXPECT_EQ(sample(damaged, {.temperature = 0.0}, random), 3U);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(sample(damaged, {.top_k = 2}, random) % 2, 1U);
    }
    EXPECT_LT(sample(std::array<float, 2>{NAN, NAN}, {}, random), 2U);
}

}  // namespace
}  // namespace trilby::train::text
