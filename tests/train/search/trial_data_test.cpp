// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/trial_data.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::train::search {
namespace {

class TrialDataTest : public ::testing::Test {
  protected:
    TrialDataTest() {
        for (int i = 0; i < 60; ++i) {
            folder_.write(fmt::format("{}/{:02}.png", i % 2 == 0 ? "cat" : "dog", i),
                          testing::made_png(8, 8, static_cast<std::uint8_t>(4 * i)));
        }
    }
    /// Images of 4 x 4 pixels, each of which has a brightness of its own.
    [[nodiscard]] Recipe recipe_with(std::int64_t seed) const {
        Recipe recipe{.name = "made",
                      .task = images::Settings{.path = folder_.path().string(),
                                               .side = 4,
                                               .channels = 1,
                                               .layers = {Flatten{}, Linear{.features = 2}}}};
        recipe.training.seed = seed;
        return recipe;
    }
    static std::set<std::uint8_t> brightness(const PreparedData& data, const data::Range& part) {
        std::set<std::uint8_t> out;
        const auto pixels = data.arrays.elements<std::uint8_t>("images");
        for (std::int64_t i = part.first; i < part.last; ++i) {
            out.insert(pixels[static_cast<std::size_t>(16 * i)]);
        }
        return out;
    }

    testing::TemporaryFolder folder_;
    TrialData trial_data_{std::nullopt};
};

TEST_F(TrialDataTest, HaveNoTestPart) {
    const auto data = trial_data_.of(recipe_with(1));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ((*data)->parts.test.size(), 0);
    EXPECT_GT((*data)->parts.validation.size(), 0);
}

TEST_F(TrialDataTest, AreReadOnceForTrialsWithOtherSeeds) {
    const auto first = trial_data_.of(recipe_with(1));
    folder_.write("cat/100.png", testing::made_png(8, 8, 255));
    const auto second = trial_data_.of(recipe_with(2));
    ASSERT_TRUE(first && second);
    EXPECT_EQ((*second)->arrays.layout_of("images").shape[0], 60);
}

// The best run is tested with data that are prepared from its own recipe.
TEST_F(TrialDataTest, NoTrialLearnsTheTestPartOfARunWithAnotherSeed) {
    const auto learned = trial_data_.of(recipe_with(1));
    ASSERT_TRUE(learned) << learned.error().message;
    const auto training = brightness(**learned, (*learned)->parts.training);
    const auto of_run = prepare(recipe_with(2), std::nullopt);
    ASSERT_TRUE(of_run) << of_run.error().message;
    const auto tested = brightness(*of_run, of_run->parts.test);
    EXPECT_EQ(tested.size(), 6U);
    EXPECT_TRUE(
        std::ranges::none_of(tested, [&](std::uint8_t image) { return training.contains(image); }));
}

}  // namespace
}  // namespace trilby::train::search
