// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;
using trilby::testing::read_file;

/// Works in a folder of its own: unnamed runs go below the current one.
class RunFolderTest : public ::testing::Test {
  protected:
    void SetUp() override { std::filesystem::current_path(folder_.path()); }
    void TearDown() override { std::filesystem::current_path("/"); }

    trilby::testing::TemporaryFolder folder_;
    Recipe recipe_{.name = "made",
                   .data = {.dataset = "fashion-mnist", .validation_examples = 1},
                   .layers = {Flatten{}, Linear{.features = 10}}};
};

TEST_F(RunFolderTest, UnnamedRunsAreNumbered) {
    EXPECT_EQ(RunFolder::create(recipe_, std::nullopt)->path(), folder_ / "runs/made-1");
    EXPECT_EQ(RunFolder::create(recipe_, std::nullopt)->path(), folder_ / "runs/made-2");
}

TEST_F(RunFolderTest, NameOfARecipeCannotBeAPath) {
    recipe_.name = "../../etc/x y";
    EXPECT_EQ(RunFolder::create(recipe_, std::nullopt)->path(), folder_ / "runs/------etc-x-y-1");
}

TEST_F(RunFolderTest, FolderThatHoldsARunIsNotReused) {
    ASSERT_TRUE(RunFolder::create(recipe_, "mine"));
    const auto again = RunFolder::create(recipe_, "mine");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::cannot_create);
}

TEST_F(RunFolderTest, ReopenedRunHasItsRecipe) {
    const auto run = RunFolder::create(recipe_, "mine");
    folder_.write("mine/checkpoint.safetensors", "x");
    const auto again = RunFolder::reopen("mine");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_toml(again->recipe()), to_toml(recipe_));
    EXPECT_EQ(again->path(), run->path());
}

TEST_F(RunFolderTest, ReportsWhyARunCannotBeResumed) {
    EXPECT_THAT(RunFolder::reopen("none").error().message,
                HasSubstr("not the folder of an earlier"));
    ASSERT_TRUE(RunFolder::create(recipe_, "mine"));
    EXPECT_THAT(RunFolder::reopen("mine").error().message, HasSubstr("no checkpoint"));
}

TEST_F(RunFolderTest, RepeatedEpochsReplaceTheirLines) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    for (const int epoch : {1, 2, 3, 2}) {
        ASSERT_TRUE(run->add_metrics(epoch, {{"epoch", epoch}}));
    }
    EXPECT_EQ(read_file(run->metrics_file()), "{\"epoch\":1}\n{\"epoch\":2}\n");
}

TEST_F(RunFolderTest, DamagedMetricsLinesAreDropped) {
    auto run = RunFolder::create(recipe_, "mine");
    folder_.write("mine/metrics.jsonl", "{\"epoch\":1}\n{\"epo\n");
    ASSERT_TRUE(run->add_metrics(2, {{"epoch", 2}}));
    EXPECT_EQ(read_file(run->metrics_file()), "{\"epoch\":1}\n{\"epoch\":2}\n");
}

TEST_F(RunFolderTest, ARunWithoutACheckpointLeavesNothing) {
    const auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    folder_.write("mine/checkpoint.safetensors.12-0.tmp", "half");
    run->tidy();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine"));
}

TEST_F(RunFolderTest, TidyingKeepsCheckpointsAndOtherFiles) {
    const auto run = RunFolder::create(recipe_, "mine");
    folder_.write("mine/checkpoint.safetensors", "x");
    folder_.write("mine/checkpoint.safetensors.12-0.tmp", "half");
    folder_.write("mine/notes.tmp", "mine");
    run->tidy();
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/recipe.toml"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/notes.tmp"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors.12-0.tmp"));
}

TEST_F(RunFolderTest, AnExistingFolderStays) {
    std::filesystem::create_directory(folder_ / "mine");
    RunFolder::create(recipe_, "mine")->tidy();
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/recipe.toml"));
}

TEST_F(RunFolderTest, TheResultIsThereOnceTheRunHasEnded) {
    const auto run = RunFolder::create(recipe_, "mine");
    EXPECT_EQ(*run->result(), std::nullopt);
    ASSERT_TRUE(run->write_result({{"test_accuracy", 0.5}}));
    EXPECT_EQ((*run->result())->at("test_accuracy"), 0.5);
    folder_.write("mine/result.json", "{");
    EXPECT_EQ(run->result().error().code, ErrorCode::bad_data);
}

}  // namespace
}  // namespace trilby::train
