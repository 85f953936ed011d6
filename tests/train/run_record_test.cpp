// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_record.hpp"

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

class RunRecordTest : public ::testing::Test {
  protected:
    [[nodiscard]] RunRecord read() const { return read_record(folder_ / "checkpoint.safetensors"); }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(RunRecordTest, HasTheEpochsInTheirOrderAndTheResult) {
    folder_.write("metrics.jsonl", line_of(2) + line_of(1) + line_of(2));
    folder_.write("result.json",
                  json::serialize(to_json(TrainingResult{.epochs = 2, .metric = "accuracy"})));
    const RunRecord record = read();
    ASSERT_EQ(record.epochs.size(), 2U);
    EXPECT_EQ(record.epochs[0].epoch, 1);
    EXPECT_EQ(record.epochs[1].training_loss, 0.5);
    ASSERT_TRUE(record.result);
    EXPECT_EQ(record.result->epochs, 2);
    EXPECT_THAT(record.notes, IsEmpty());
}

TEST_F(RunRecordTest, AFileThatIsMissingIsNoted) {
    const RunRecord record = read();
    EXPECT_THAT(record.epochs, IsEmpty());
    EXPECT_FALSE(record.result);
    EXPECT_THAT(record.notes, Contains(HasSubstr("metrics.jsonl cannot be read")));
    EXPECT_THAT(record.notes, Contains(HasSubstr("result.json cannot be read")));
}

TEST_F(RunRecordTest, DamagedLinesAreLeftOutAndCounted) {
    folder_.write("metrics.jsonl", line_of(1) + "{\"epoch\": 2}\n\x1b[2J\n" + line_of(3) + "{\"ep");
    folder_.write("result.json", "[]");
    const RunRecord record = read();
    EXPECT_EQ(record.epochs.size(), 2U);
    EXPECT_FALSE(record.result);
    EXPECT_THAT(record.notes, Contains("3 lines of metrics.jsonl are damaged"));
}

TEST_F(RunRecordTest, AFolderInPlaceOfAFileIsNoted) {
    std::filesystem::create_directory(folder_ / "metrics.jsonl");
    EXPECT_THAT(read().notes, Contains(HasSubstr("metrics.jsonl cannot be read")));
}

}  // namespace
}  // namespace trilby::train
