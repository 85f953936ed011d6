// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string line_of(std::int64_t epoch) {
    return history_line({.epoch = epoch, .step = epoch, .training_loss = 0.5}) + "\n";
}

class RunHistoryTest : public ::testing::Test {
  protected:
    [[nodiscard]] RunHistory read() const {
        return read_history(folder_ / "checkpoint.safetensors");
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(RunHistoryTest, HasTheEpochsInTheirOrderAndTheResult) {
    folder_.write("metrics.jsonl", line_of(2) + line_of(1) + line_of(2));
    folder_.write("result.json",
                  json::serialize(to_json(TrainingResult{.epochs = 2, .metric = "accuracy"})));
    const RunHistory history = read();
    ASSERT_EQ(history.epochs.size(), 2U);
    EXPECT_EQ(history.epochs[0].epoch, 1);
    EXPECT_EQ(history.epochs[1].training_loss, 0.5);
    ASSERT_TRUE(history.result);
    EXPECT_EQ(history.result->epochs, 2);
    EXPECT_THAT(history.notes, IsEmpty());
}

TEST_F(RunHistoryTest, AFileThatIsMissingIsNoted) {
    const RunHistory history = read();
    EXPECT_THAT(history.epochs, IsEmpty());
    EXPECT_FALSE(history.result);
    EXPECT_THAT(history.notes, Contains(HasSubstr("metrics.jsonl cannot be read")));
    EXPECT_THAT(history.notes, Contains(HasSubstr("result.json cannot be read")));
}

TEST_F(RunHistoryTest, DamagedLinesAreLeftOutAndCounted) {
    folder_.write("metrics.jsonl", line_of(1) + "{\"epoch\": 2}\n\x1b[2J\n" + line_of(3) + "{\"ep");
    folder_.write("result.json", "[]");
    const RunHistory history = read();
    EXPECT_EQ(history.epochs.size(), 2U);
    EXPECT_FALSE(history.result);
    EXPECT_THAT(history.notes, Contains("3 lines of metrics.jsonl are damaged"));
}

TEST_F(RunHistoryTest, AFolderInPlaceOfAFileIsNoted) {
    std::filesystem::create_directory(folder_ / "metrics.jsonl");
    EXPECT_THAT(read().notes, Contains(HasSubstr("metrics.jsonl cannot be read")));
}

}  // namespace
}  // namespace trilby::train
