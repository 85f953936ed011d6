// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"
#include "train/checkpoint.hpp"
#include "train/run_recorder.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;
using trilby::testing::FileSizeLimit;
using trilby::testing::read_file;

/// Each file of a run meets a full disk.
class FullDiskTest : public ::testing::Test {
  protected:
    template <class Value>
    static void expect_full(const Result<Value>& written, const char* file) {
        ASSERT_FALSE(written) << file;
        EXPECT_EQ(written.error().code, ErrorCode::io);
        EXPECT_THAT(written.error().message, HasSubstr(file));
        EXPECT_THAT(written.error().message, HasSubstr("File too large"));
        EXPECT_THAT(written.error().hint, HasSubstr("free some space"));
    }

    [[nodiscard]] std::uintmax_t size_of(const char* name) const {
        return std::filesystem::file_size(folder_ / "run" / name);
    }
    [[nodiscard]] std::string content_of(const char* name) const {
        return read_file(folder_ / "run" / name);
    }

    trilby::testing::TemporaryFolder folder_;
    Recipe recipe_{.name = "made",
                   .task = images::Settings{.dataset = "fashion-mnist",
                                            .validation_examples = 1,
                                            .layers = {Flatten{}, Linear{.features = 10}}}};
};

EpochEvent epoch(std::int64_t number) {
    return {.epoch = number, .step = number, .training_loss = 0.5, .learning_rate = 0.1};
}

TEST_F(FullDiskTest, RecipeLeavesNoFolder) {
    const FileSizeLimit full(20);
    expect_full(RunFolder::create(recipe_, folder_ / "run"), "recipe.toml");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));
}

TEST_F(FullDiskTest, MetricsKeepTheirEarlierLinesAndGoOn) {
    auto run = RunFolder::create(recipe_, folder_ / "run");
    RunRecorder recorder(*run, {}, false);
    ASSERT_TRUE(recorder.record(epoch(1)));
    ASSERT_TRUE(recorder.record(epoch(2)));
    const std::string before = content_of(metrics_name);
    {
        const FileSizeLimit full(before.size() + 10);
        expect_full(recorder.record(epoch(3)), metrics_name);
    }
    EXPECT_EQ(content_of(metrics_name), before);
    ASSERT_TRUE(recorder.record(epoch(3)));
    EXPECT_THAT(content_of(metrics_name), HasSubstr("\"epoch\":3"));
}

TEST_F(FullDiskTest, EventFileKeepsItsEarlierEventsAndGoesOn) {
    auto run = RunFolder::create(recipe_, folder_ / "run");
    {
        RunRecorder recorder(*run, {}, true);
        ASSERT_TRUE(recorder.record(StartEvent{}));
        ASSERT_TRUE(recorder.record(epoch(1)));
        const std::string before = content_of(events_name);
        const FileSizeLimit full(before.size() + 10);
        expect_full(recorder.record(epoch(2)), metrics_name);
        expect_full(EventFile::open(run->path())->add(epoch(2)), events_name);
        EXPECT_EQ(content_of(events_name), before);
    }
    RunRecorder again(*run, {}, false);
    ASSERT_TRUE(again.record(StartEvent{}));
    const auto before = size_of(events_name);
    ASSERT_TRUE(again.record(epoch(2)));
    EXPECT_GT(size_of(events_name), before) << "a run that has the file keeps it";
}

TEST_F(FullDiskTest, CheckpointKeepsTheEarlierOne) {
    const auto file = folder_.write("checkpoint.safetensors", "earlier");
    const FileSizeLimit full(20);
    expect_full(write_checkpoint(file, {}, {{"trilby.schema", std::string(100, 'x')}}),
                checkpoint_name);
    EXPECT_EQ(read_file(file), "earlier");
}

TEST_F(FullDiskTest, RunWithoutItsResultHasNotEnded) {
    auto run = RunFolder::create(recipe_, folder_ / "run");
    RunRecorder recorder(*run, {}, false);
    {
        const FileSizeLimit full(20);
        expect_full(recorder.end({.metric = "accuracy"}), result_name);
    }
    EXPECT_EQ(*run->result(), std::nullopt);
    ASSERT_TRUE(recorder.end({.metric = "accuracy"}));
    EXPECT_TRUE(run->result()->has_value());
}

}  // namespace
}  // namespace trilby::train
