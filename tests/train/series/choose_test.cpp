// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/choose.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <variant>

#include "support/temporary_folder.hpp"
#include "train/series/data.hpp"

namespace trilby::train::series {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

Settings settings_for(const Profile& profile) {
    return std::get<Settings>(choose(profile, {}).recipe.task);
}

Wishes wishes_for(const std::string& target) {
    Wishes wishes;
    wishes.target = target;
    return wishes;
}

TEST(ChooseSeries, ForecastsADayFromTwoWeeksOfHours) {
    const Settings settings = settings_for(
        {.path = "s.csv", .steps = 17'420, .variables = 7, .step = "1 hour", .period = 24});
    EXPECT_EQ(settings.horizon, 24);
    EXPECT_EQ(settings.look_back, 336);
    EXPECT_EQ(settings.kind, NetworkKind::linear);
}

TEST(ChooseSeries, LooksBackLessInAShortSeries) {
    const Settings settings = settings_for(
        {.path = "s.csv", .steps = 144, .variables = 1, .step = "1 month", .period = 12});
    EXPECT_EQ(settings.look_back, 24);
    EXPECT_EQ(settings.horizon, 7);
}

TEST(ChooseSeries, EveryLengthAndPeriodHasWindowsInAllParts) {
    for (const std::int64_t steps : {20, 21, 35, 60, 100, 144, 500, 5'000, 1'000'000}) {
        for (const std::int64_t period : {1, 2, 7, 12, 52, 365, 1'440}) {
            const Profile profile{
                .path = "s.csv", .steps = steps, .variables = 1, .step = "1 day", .period = period};
            const auto parts = parts_of(settings_for(profile), steps);
            EXPECT_TRUE(parts) << steps << " steps, period " << period << ": "
                               << parts.error().message;
        }
    }
}

TEST(ChooseSeries, ManyVariablesMakeSmallerBatches) {
    const auto batch_for = [](std::int64_t variables) {
        return choose(Profile{.path = "s.csv", .steps = 5'000, .variables = variables, .step = {}},
                      {})
            .recipe.training.batch_size;
    };
    EXPECT_EQ(batch_for(1), 64);
    EXPECT_EQ(batch_for(7), 32);
    EXPECT_EQ(batch_for(321), 4);
}

TEST(ChooseSeries, TheRecipeIsTheSameAfterItIsWrittenAndRead) {
    Settings known;
    known.variables = {"a", "b c"};
    const Choice choice = choose(
        Profile{.path = "s.csv", .steps = 5'000, .variables = 2, .step = "1 day", .period = 7},
        known);
    const std::string text = to_toml(choice.recipe);
    EXPECT_THAT(text, HasSubstr("variables = [\"a\", \"b c\"]\n"));
    const auto read = parse_recipe(text, "made.toml");
    ASSERT_TRUE(read) << read.error().message << "\n" << text;
    EXPECT_EQ(std::get<Settings>(read->task), std::get<Settings>(choice.recipe.task));
}

TEST(ChooseSeries, KnowsWhatTheUserSaysOfTheDataBefore) {
    const TemporaryFolder folder;
    std::string rows = "made,time,a,b\n";
    for (int row = 0; row < 400; ++row) {
        rows += fmt::format("{},{},{},{}\n", 86'400 * row, 3600 * row, row % 24, row * row % 101);
    }
    const auto path = folder.write("s.csv", rows);
    Wishes wishes;
    wishes.data_changes = {"data.time=time", "data.variables=[\"a\"]", "data.validation=0.05",
                           "data.look_back=30"};
    const auto choice = choose(path, *data::profile_table(path), wishes);
    ASSERT_TRUE(choice) << choice.error().message;
    const auto& settings = std::get<Settings>(choice->recipe.task);
    EXPECT_EQ(settings.time, "time");
    EXPECT_EQ(settings.horizon, 10);  // half of the validation part
    EXPECT_THAT(choice->decisions,
                Contains("forecast: 1 variable, 10 steps of 1 hour from the 30 before"));
}

TEST(ChooseSeries, ReadsTheFileAndSaysWhatItDecides) {
    const TemporaryFolder folder;
    std::string rows = "a,b\n";
    for (int row = 0; row < 100; ++row) {
        rows += fmt::format("{},{}\n", row % 7, row * row);
    }
    const auto path = folder.write("s.csv", rows);
    const auto choice = choose(path, *data::profile_table(path), wishes_for("a"));
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(choice->recipe.name, "s");
    EXPECT_THAT(std::get<Settings>(choice->recipe.task).variables, ElementsAre("a"));
    EXPECT_THAT(choice->decisions, Contains(HasSubstr("before, which are 2 periods")));
}

TEST(ChooseSeries, RefusesASeriesThatIsTooShort) {
    const TemporaryFolder folder;
    const auto path = folder.write("s.csv", "a\n1\n3\n2\n");
    const auto choice = choose(path, *data::profile_table(path), {});
    ASSERT_FALSE(choice);
    EXPECT_THAT(choice.error().message, HasSubstr("has 3 rows, expected at least 20"));
}

}  // namespace
}  // namespace trilby::train::series
