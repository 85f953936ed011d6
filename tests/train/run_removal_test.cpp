// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_removal.hpp"

#include <gmock/gmock.h>

#include "platform/file_lock.hpp"
#include "train/made_run.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class RunRemovalTest : public RunsTest {
  protected:
    void SetUp() override { make("run", {.epochs_done = 2, .test_mse = 0.5}); }
    [[nodiscard]] bool exists(const std::string& name) const { return has_entry(folder_ / name); }

    std::filesystem::path run_ = folder_ / "run";
};

TEST_F(RunRemovalTest, RemovesTheFilesAndTheFolder) {
    folder_.write("run/checkpoint.safetensors.12-0.trilby-tmp", "half");
    const auto plan = plan_removal(run_);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(exists("run/recipe.toml")) << "it is only a plan";
    const auto removal = remove_run(run_ / "");
    ASSERT_TRUE(removal) << removal.error().message;
    EXPECT_EQ(removal->files, plan->files);
    EXPECT_EQ(removal->files.size(), 6U);
    EXPECT_GT(removal->size_bytes, 500U);
    EXPECT_FALSE(exists("run"));
}

TEST_F(RunRemovalTest, OtherFilesAndTheirFolderStay) {
    folder_.write("run/notes.txt", "mine");
    folder_.write("run/checkpoint.safetensors.bak", "mine");
    folder_.write("run/metrics.jsonl.d/x", "mine");
    const auto removal = remove_run(run_);
    ASSERT_TRUE(removal) << removal.error().message;
    EXPECT_THAT(removal->kept,
                ElementsAre("checkpoint.safetensors.bak", "metrics.jsonl.d", "notes.txt"));
    EXPECT_TRUE(exists("run/notes.txt"));
    EXPECT_FALSE(exists("run/recipe.toml"));
}

TEST_F(RunRemovalTest, LinksAreNeitherFollowedNorRemoved) {
    folder_.write("valuable", "mine");
    std::filesystem::remove(run_ / result_name);
    std::filesystem::create_symlink(folder_ / "valuable", run_ / result_name);
    std::filesystem::create_directory_symlink(run_, folder_ / "link");
    EXPECT_THAT(remove_run(folder_ / "link").error().message, HasSubstr("is a symbolic link"));
    EXPECT_THAT(remove_run(folder_ / "link/").error().message, HasSubstr("is a symbolic link"));
    EXPECT_THAT(remove_run(run_)->kept, ElementsAre("result.json"));
    EXPECT_TRUE(exists("valuable"));
    EXPECT_TRUE(exists("run/result.json"));
}

TEST_F(RunRemovalTest, RefusesAFolderThatIsNotARun) {
    folder_.write("other/metrics.jsonl", "mine");
    for (const char* name : {"other", "none", "."}) {
        const auto removal = remove_run(folder_ / name);
        ASSERT_FALSE(removal) << name;
        EXPECT_EQ(removal.error().code, ErrorCode::no_input);
    }
    EXPECT_TRUE(exists("other/metrics.jsonl"));
}

TEST_F(RunRemovalTest, RefusesARunThatIsBeingTrained) {
    const auto lock = platform::FileLock::take(run_ / lock_name);
    for (const auto& removal : {plan_removal(run_), remove_run(run_)}) {
        ASSERT_FALSE(removal);
        EXPECT_EQ(removal.error().code, ErrorCode::cannot_create);
        EXPECT_THAT(removal.error().message, HasSubstr("in use"));
    }
    EXPECT_TRUE(exists("run/recipe.toml"));
}

TEST_F(RunRemovalTest, AFileWithAnotherNameFreesNothing) {
    const std::uint64_t whole = plan_removal(run_)->size_bytes;
    std::filesystem::create_hard_link(run_ / checkpoint_name, folder_ / "copy");
    EXPECT_EQ(plan_removal(run_)->size_bytes, whole - std::filesystem::file_size(folder_ / "copy"));
}

}  // namespace
}  // namespace trilby::train
