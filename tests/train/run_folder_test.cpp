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
                   .task = images::Settings{.dataset = "fashion-mnist",
                                            .validation_examples = 1,
                                            .layers = {Flatten{}, Linear{.features = 10}}}};
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
    ASSERT_TRUE(RunFolder::create(recipe_, "mine"));
    folder_.write("mine/checkpoint.safetensors", "x");
    const auto again = RunFolder::reopen("mine");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(to_toml(again->recipe()), to_toml(recipe_));
    EXPECT_EQ(again->path(), folder_ / "mine");
}

TEST_F(RunFolderTest, OnlyTheFolderOfARunIsResumed) {
    folder_.write("foreign/recipe.toml", to_toml(recipe_));
    for (const char* folder : {"none", "foreign"}) {
        const auto run = RunFolder::reopen(folder);
        ASSERT_FALSE(run) << folder;
        EXPECT_EQ(run.error().code, ErrorCode::no_input);
        EXPECT_THAT(run.error().message, HasSubstr("not the folder of an earlier"));
    }
}

TEST_F(RunFolderTest, ARunThatWasKilledBeforeItsFirstCheckpointStartsAgain) {
    ASSERT_TRUE(RunFolder::create(recipe_, "mine")->add_metrics(1, {{"epoch", 1}}));
    EXPECT_THAT(RunFolder::create(recipe_, "mine").error().hint, HasSubstr("--resume"));
    const auto again = RunFolder::reopen("mine");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(again->has_checkpoint());
    again->tidy();
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/recipe.toml")) << "it can be resumed again";
}

TEST_F(RunFolderTest, ARunWhoseCheckpointWasRemovedKeepsItsMetrics) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run->add_metrics(1, {{"epoch", 1}}));
    ASSERT_TRUE(run->add_metrics(2, {{"epoch", 2}}));
    run = failure(ErrorCode::failed, "ended");
    EXPECT_THAT(RunFolder::reopen("mine").error().message, HasSubstr("no checkpoint"));
}

TEST_F(RunFolderTest, ANewRunRemovesTheUnfinishedFilesOfAKilledOne) {
    folder_.write("mine/recipe.toml.12-0.trilby-tmp", "half");
    ASSERT_TRUE(RunFolder::create(recipe_, "mine"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/recipe.toml.12-0.trilby-tmp"));
}

TEST_F(RunFolderTest, RepeatedEpochsReplaceTheirLines) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    for (const int epoch : {1, 2, 3, 2}) {
        ASSERT_TRUE(run->add_metrics(epoch, {{"epoch", epoch}}));
    }
    EXPECT_EQ(read_file(run->metrics_file()), "{\"epoch\":1}\n{\"epoch\":2}\n");
}

TEST_F(RunFolderTest, ALineIsAppendedWithoutReadingTheOthers) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run->add_metrics(1, {{"epoch", 1}}));
    folder_.write("mine/metrics.jsonl", "not read\n");
    ASSERT_TRUE(run->add_metrics(2, {{"epoch", 2}}));
    EXPECT_EQ(read_file(run->metrics_file()), "not read\n{\"epoch\":2}\n");
    std::filesystem::remove(run->metrics_file());
    ASSERT_TRUE(run->add_metrics(3, {{"epoch", 3}}));
    EXPECT_EQ(read_file(run->metrics_file()), "{\"epoch\":3}\n");
}

TEST_F(RunFolderTest, MetricsAreNotWrittenThroughALink) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run->add_metrics(1, {{"epoch", 1}}));
    folder_.write("precious", "mine");
    std::filesystem::remove(run->metrics_file());
    std::filesystem::create_symlink(folder_ / "precious", run->metrics_file());
    EXPECT_FALSE(run->add_metrics(2, {{"epoch", 2}}));
    EXPECT_EQ(read_file(folder_ / "precious"), "mine");
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
    folder_.write("mine/checkpoint.safetensors.12-0.trilby-tmp", "half");
    run->tidy();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine"));
}

TEST_F(RunFolderTest, TidyingKeepsCheckpointsAndOtherFiles) {
    const auto run = RunFolder::create(recipe_, "mine");
    folder_.write("mine/checkpoint.safetensors", "x");
    folder_.write("mine/checkpoint.safetensors.12-0.trilby-tmp", "half");
    folder_.write("mine/checkpoint.safetensors.tmp", "mine");
    run->tidy();
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/recipe.toml"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors.tmp"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors.12-0.trilby-tmp"));
}

TEST_F(RunFolderTest, AFolderWithAFileOfARunsNameIsNotUsed) {
    for (const char* name : {"recipe.toml", "metrics.jsonl", "checkpoint.safetensors",
                             "result.json", "events.out.tfevents.trilby"}) {
        const std::string folder = std::string("of-") + name;
        folder_.write(folder + "/" + name, "somebody else's");
        const auto run = RunFolder::create(recipe_, folder);
        ASSERT_FALSE(run) << name;
        EXPECT_EQ(run.error().code, ErrorCode::cannot_create);
        EXPECT_EQ(read_file(folder_ / (folder + "/" + name)), "somebody else's");
        const std::filesystem::directory_iterator files(folder_ / folder);
        EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "nothing was added";
    }
}

TEST_F(RunFolderTest, BelongsToOneRunAtATime) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    folder_.write("mine/checkpoint.safetensors", "x");
    folder_.write("mine/checkpoint.safetensors.12-0.trilby-tmp", "being written");
    const auto second = RunFolder::reopen("mine");
    ASSERT_FALSE(second);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/checkpoint.safetensors.12-0.trilby-tmp"));
    EXPECT_THAT(second.error().message, HasSubstr("is in use by another run (process "));
    run = failure(ErrorCode::failed, "ended");
    EXPECT_TRUE(RunFolder::reopen("mine")) << "its lock ended with it";
}

TEST_F(RunFolderTest, ResumingRemovesTheUnfinishedFilesOfAKilledRun) {
    ASSERT_TRUE(RunFolder::create(recipe_, "mine"));
    folder_.write("mine/checkpoint.safetensors", "x");
    folder_.write("mine/metrics.jsonl.12-0.trilby-tmp", "half");
    ASSERT_TRUE(RunFolder::reopen("mine"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "mine/metrics.jsonl.12-0.trilby-tmp"));
}

TEST_F(RunFolderTest, AFailedRunRemovesTheFoldersThatItCreated) {
    std::filesystem::create_directory(folder_ / "kept");
    RunFolder::create(recipe_, "kept/a/b")->tidy();
    EXPECT_TRUE(std::filesystem::exists(folder_ / "kept"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "kept/a"));
    RunFolder::create(recipe_, std::nullopt)->tidy();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "runs"));
}

TEST_F(RunFolderTest, UnreadableMetricsAreAnErrorAndStay) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    std::filesystem::create_directory(folder_ / "mine/metrics.jsonl");
    EXPECT_FALSE(run->add_metrics(1, {{"epoch", 1}}));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "mine/metrics.jsonl"));
}

TEST_F(RunFolderTest, EpochsOfTheCheckpointAreRestored) {
    auto run = RunFolder::create(recipe_, "mine");
    ASSERT_TRUE(run);
    ASSERT_TRUE(run->add_metrics(1, {{"epoch", 1}}));
    ASSERT_TRUE(run->restore_metrics({}));
    EXPECT_EQ(read_file(run->metrics_file()), "{\"epoch\":1}\n");
    ASSERT_TRUE(run->add_metrics(2, {{"epoch", 2}, {"seconds", 5.0}}));
    ASSERT_TRUE(run->add_metrics(4, {{"epoch", 4}}));
    ASSERT_TRUE(run->restore_metrics({R"({"epoch":2})", R"({"epoch":3})"}));
    const std::string lines = read_file(run->metrics_file());
    EXPECT_EQ(std::ranges::count(lines, '\n'), 3) << "an epoch after the checkpoint is gone";
    EXPECT_THAT(lines, HasSubstr("\"epoch\":3"));
    EXPECT_THAT(lines, HasSubstr("\"seconds\":5.0")) << "a recorded line stays";
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
