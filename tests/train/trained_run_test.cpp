// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/trained_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/checkpoint.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

class TrainedRunTest : public ::testing::Test {
  protected:
    [[nodiscard]] static Error error_of(const std::filesystem::path& path) {
        return TrainedRun::open(path).error();
    }
    testing::TemporaryFolder folder_;
};

TEST_F(TrainedRunTest, IsNotAnyFile) {
    EXPECT_THAT(error_of(folder_.write("x.png", "an image")).message,
                HasSubstr("x.png' is neither a run nor a checkpoint"));
    EXPECT_THAT(error_of(folder_.write("recipe.toml", "")).message,
                HasSubstr("is neither a run nor a checkpoint"));
}

TEST_F(TrainedRunTest, MayHaveADamagedCheckpoint) {
    folder_.write("checkpoint.safetensors", "no");
    for (const auto& path : {folder_.path(), folder_ / "checkpoint.safetensors"}) {
        EXPECT_THAT(error_of(path).message, HasSubstr("is damaged: it is shorter than"));
    }
}

TEST_F(TrainedRunTest, WithADamagedCheckpointRefersToTheGoodOneBeforeIt) {
    folder_.write("checkpoint.safetensors", "no");
    const std::filesystem::path before = folder_ / "checkpoint-1.safetensors";
    EXPECT_THAT(error_of(folder_.path()).hint, HasSubstr("resume from a copy"));
    folder_.write("result.json", "{}");
    EXPECT_THAT(error_of(folder_.path()).hint, HasSubstr("train the network again"));
    folder_.write("checkpoint-1.safetensors", "no");
    EXPECT_THAT(error_of(folder_.path()).hint, HasSubstr("train the network again"));
    ASSERT_TRUE(write_checkpoint(before, {}, {}));
    EXPECT_EQ(error_of(folder_.path()).hint, "use the checkpoint before it: " + before.string());
    EXPECT_THAT(error_of(folder_.path()).message, HasSubstr("checkpoint.safetensors' is damaged"));
}

TEST_F(TrainedRunTest, NeedsACheckpoint) {
    EXPECT_EQ(error_of(folder_.path()).code, ErrorCode::no_input);
    EXPECT_EQ(error_of(folder_ / "nowhere").code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::train
