// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_comparison.hpp"

#include <gmock/gmock.h>

#include "train/made_run.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RunComparisonTest : public RunsTest {
  protected:
    [[nodiscard]] RunComparison compare(const MadeRun& a, const MadeRun& b) const {
        const auto comparison = compare_runs({make("a", a), make("b", b)});
        EXPECT_TRUE(comparison) << comparison.error().message;
        return *comparison;
    }
    static series::Settings& settings_of(MadeRun& run) {
        return std::get<series::Settings>(run.recipe.task);
    }

    MadeRun good_{.epochs_done = 5, .test_mse = 0.25};
    MadeRun bad_{.epochs_done = 5, .test_mse = 0.5};
};

TEST_F(RunComparisonTest, OnlySettingsThatDifferAreListed) {
    bad_.recipe.training.epochs = 7;
    settings_of(bad_).kind = series::NetworkKind::patch_transformer;
    const auto comparison = compare(good_, bad_);
    std::vector<std::string> keys;
    for (const ComparedSetting& setting : comparison.settings) {
        keys.push_back(setting.key);
    }
    EXPECT_THAT(keys, ::testing::IsSupersetOf({"training.epochs", "network.kind"}));
    EXPECT_THAT(keys, ::testing::Not(::testing::Contains("training.seed")));
    const auto width =
        std::ranges::find(comparison.settings, "network.width", &ComparedSetting::key);
    ASSERT_NE(width, comparison.settings.end());
    EXPECT_EQ(width->values[0].content, std::nullopt);
    EXPECT_EQ(width->values[1].content, "16");
}

TEST_F(RunComparisonTest, TheDecidingMetricSaysWhichIsBetter) {
    const auto comparison = compare(bad_, good_);
    EXPECT_THAT(comparison.obstacles, IsEmpty());
    EXPECT_EQ(comparison.metric, "mse");
    EXPECT_EQ(comparison.part, "test");
    EXPECT_EQ(comparison.best, folder_ / "b");
    EXPECT_EQ(compare(good_, good_).best, std::nullopt) << "they are equal";
}

TEST_F(RunComparisonTest, ARunThatHasNotEndedIsComparedByItsValidation) {
    const auto comparison = compare(good_, {.epochs_done = 4});
    EXPECT_EQ(comparison.part, "validation");
    EXPECT_EQ(comparison.best, folder_ / "b") << "0.25 is better than 0.5";
    EXPECT_THAT(compare(good_, {}).obstacles, ElementsAre("no metric was measured in all of them"));
}

TEST_F(RunComparisonTest, RunsOnOtherDataAreNotCompared) {
    settings_of(bad_).horizon = 3;
    const auto comparison = compare(good_, bad_);
    EXPECT_THAT(comparison.obstacles, ElementsAre("they learned different data: data.horizon"));
    EXPECT_EQ(comparison.best, std::nullopt);
    EXPECT_EQ(comparison.metric, std::nullopt);
}

TEST_F(RunComparisonTest, ALongerLookBackIsTestedOnTheSameData) {
    settings_of(bad_).look_back = 16;
    EXPECT_THAT(compare(good_, bad_).obstacles, IsEmpty());
}

TEST_F(RunComparisonTest, DataThatChangedAreNoticedByTheirSchema) {
    bad_.schema = R"({"mean":2})";
    EXPECT_THAT(compare(good_, bad_).obstacles,
                ElementsAre("the data were changed between the runs"));
}

TEST_F(RunComparisonTest, RunsOfDifferentKindsAreNotCompared) {
    bad_.recipe.task = text::Settings{.path = "words.txt"};
    EXPECT_THAT(compare(good_, bad_).obstacles,
                ElementsAre("they learned different kinds of data: series, text"));
}

TEST_F(RunComparisonTest, ADamagedRunIsAnError) {
    const auto run = make("a", good_);
    folder_.write("a/result.json", "{");
    const auto comparison = compare_runs({run, make("b", bad_)});
    ASSERT_FALSE(comparison);
    EXPECT_EQ(comparison.error().code, ErrorCode::bad_data);
    EXPECT_THAT(comparison.error().message, HasSubstr("a' is damaged"));
}

}  // namespace
}  // namespace trilby::train
