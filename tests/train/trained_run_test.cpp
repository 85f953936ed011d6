// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/trained_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

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

TEST_F(TrainedRunTest, NeedsACheckpoint) {
    EXPECT_EQ(error_of(folder_.path()).code, ErrorCode::no_input);
    EXPECT_EQ(error_of(folder_ / "nowhere").code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::train
