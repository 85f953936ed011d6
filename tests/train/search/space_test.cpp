// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/space.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <set>

namespace trilby::train::search {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Recipe table_recipe() {
    return {.name = "made",
            .task = table::Settings{.path = "rows.csv", .target = "price"},
            .training = {.epochs = 20}};
}

std::vector<Candidate> draw(const std::vector<std::string>& texts, std::int64_t seed = 1,
                            std::size_t most = most_candidates) {
    const auto variations = parse_variations(table_recipe(), texts);
    EXPECT_TRUE(variations) << variations.error().message;
    auto candidates = draw_candidates(table_recipe(), *variations, seed, most);
    EXPECT_TRUE(candidates);
    return std::move(*candidates);
}

Error error_of(const std::string& text) {
    const auto variations = parse_variations(table_recipe(), {text});
    EXPECT_FALSE(variations) << text;
    return variations ? Error() : variations.error();
}

TEST(SearchSpace, TheRecipesOwnSettingsAreTheFirstCandidate) {
    const auto candidates = draw({"network.width=64,512"});
    EXPECT_THAT(candidates.front().changes, IsEmpty());
    EXPECT_EQ(to_toml(candidates.front().recipe), to_toml(table_recipe()));
}

TEST(SearchSpace, AListHasAllOfItsCombinationsButThatOfTheRecipe) {
    const auto candidates = draw({"network.width=64,256,512", "network.depth = 2, 3"});
    EXPECT_THAT(candidates, SizeIs(6));  // with a width of 256 and a depth of 2 as in the recipe
    std::set<std::string> recipes;
    for (const Candidate& candidate : candidates) {
        recipes.insert(to_toml(candidate.recipe));
    }
    EXPECT_THAT(recipes, SizeIs(6));
}

TEST(SearchSpace, TheSameSeedDrawsTheSameCandidates) {
    const auto changes = [](const std::vector<Candidate>& candidates) {
        std::vector<std::vector<std::string>> all;
        for (const Candidate& candidate : candidates) {
            all.push_back(candidate.changes);
        }
        return all;
    };
    const std::vector<std::string> texts{"optimizer.learning_rate=0.0001..0.1"};
    EXPECT_EQ(changes(draw(texts, 7)), changes(draw(texts, 7)));
    EXPECT_NE(changes(draw(texts, 7)), changes(draw(texts, 8)));
    const auto few = changes(draw(texts, 7, 10));
    const auto many = changes(draw(texts, 7, 20));
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(SearchSpace, AWideRangeIsDrawnByItsLogarithm) {
    std::size_t low = 0;
    const auto candidates = draw({"optimizer.learning_rate=0.0001..0.1"});
    for (const Candidate& candidate : candidates) {
        const double rate = candidate.recipe.optimizer.learning_rate;
        EXPECT_GE(rate, 0.0001);
        EXPECT_LE(rate, 0.1);
        low += rate < 0.00316 ? 1 : 0;
    }
    EXPECT_THAT(candidates, SizeIs(most_candidates));
    EXPECT_GT(low, 70U);
    EXPECT_LT(low, 130U);
}

TEST(SearchSpace, ARangeOfAWholeNumberDrawsWholeNumbers) {
    const auto candidates = draw({"network.depth=1..4"});
    EXPECT_THAT(candidates, SizeIs(4));
    EXPECT_THAT(draw({"network.dropout=0..0.5"}, 1, 20), SizeIs(20));
}

TEST(SearchSpace, ErrorsAreFoundBeforeTheFirstTrial) {
    EXPECT_THAT(error_of("network.witdh=1,2").message,
                HasSubstr("--vary: [network]: unknown key 'witdh' (did you mean 'width'?)"));
    EXPECT_THAT(error_of("network.width=64,0").message, HasSubstr("expected 1 to"));
    EXPECT_THAT(error_of("network.width=0..64").message, HasSubstr("expected 1 to"));
    EXPECT_THAT(error_of("nowhere.width=1").message, HasSubstr("no section 'nowhere'"));
    for (const char* text : {"", "=", "width=3", "network.width", "network.width=", "a.b=3..2",
                             "optimizer.learning_rate=x..y", "optimizer.learning_rate=1..nan"}) {
        EXPECT_EQ(error_of(text).code, ErrorCode::usage) << text;
    }
}

TEST(SearchSpace, WhatIsMeasuredCannotBeVaried) {
    EXPECT_THAT(error_of("data.test=0.1,0.2").message, HasSubstr("cannot be compared"));
    EXPECT_THAT(error_of("training.epochs=1,2").message, HasSubstr("the search itself"));
    EXPECT_THAT(error_of("training.seed=1,2").message, HasSubstr("the search itself"));
}

TEST(SearchSpace, AKeyIsVariedOnce) {
    const auto twice = parse_variations(table_recipe(), {"network.width=1", "network.width=2"});
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().message, HasSubstr("is given twice"));
}

TEST(SearchSpace, TheDefaultsFitEveryTask) {
    Recipe recipe = table_recipe();
    for (const TaskSettings& task :
         {TaskSettings(
              images::Settings{.dataset = "made", .validation_examples = 1, .layers = {Flatten{}}}),
          TaskSettings(series::Settings{.path = "x", .look_back = 8, .horizon = 2}),
          TaskSettings(series::Settings{.path = "x",
          .look_back = 8,
          .horizon = 2,
          .kind = series::NetworkKind::patch_transformer}),
          TaskSettings(text::Settings{.path = "x"}), recipe.task}) {
        recipe.task = task;
        const auto texts = default_variations(recipe);
        EXPECT_GE(texts.size(), 3U);
        const auto variations = parse_variations(recipe, texts);
        ASSERT_TRUE(variations) << variations.error().message;
        const auto candidates = draw_candidates(recipe, *variations, 1);
        ASSERT_TRUE(candidates) << candidates.error().message;
        EXPECT_THAT(*candidates, SizeIs(most_candidates));
    }
}

TEST(SearchSpace, TheDefaultLearningRatesAreAroundThatOfTheRecipe) {
    EXPECT_THAT(default_variations(table_recipe()).front(),
                "optimizer.learning_rate=0.0002..0.005");
}

}  // namespace
}  // namespace trilby::train::search
