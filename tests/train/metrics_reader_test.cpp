// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics_reader.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <vector>

#include "train/made_run.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MetricsReaderTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::vector<std::int64_t> read_new() {
        std::vector<std::int64_t> epochs;
        EXPECT_TRUE(reader_.read_new([&](const EpochEvent& epoch) {
            epochs.push_back(epoch.epoch);
            return true;
        }));
        return epochs;
    }

    testing::TemporaryFolder folder_;
    std::filesystem::path file_ = folder_ / "metrics.jsonl";
    MetricsReader reader_{file_};
};

TEST_F(MetricsReaderTest, ReadsEachEpochOnce) {
    EXPECT_THAT(read_new(), IsEmpty()) << "the file may not exist yet";
    folder_.write("metrics.jsonl", metrics_line(1, 0.5) + metrics_line(2, 0.4));
    EXPECT_THAT(read_new(), ElementsAre(1, 2));
    EXPECT_THAT(read_new(), IsEmpty());
    folder_.write("metrics.jsonl",
                  metrics_line(1, 0.5) + metrics_line(2, 0.4) + metrics_line(3, 0.3));
    EXPECT_THAT(read_new(), ElementsAre(3));
}

TEST_F(MetricsReaderTest, AFileThatWasReplacedByAShorterOneRepeatsNothing) {
    folder_.write("metrics.jsonl", metrics_line(1, 0.5) + metrics_line(2, 0.4));
    EXPECT_THAT(read_new(), ElementsAre(1, 2));
    folder_.write("metrics.jsonl", metrics_line(1, 0.5));
    EXPECT_THAT(read_new(), IsEmpty());
    folder_.write("metrics.jsonl",
                  metrics_line(1, 0.25) + metrics_line(2, 0.125) + metrics_line(3, 0.3));
    EXPECT_THAT(read_new(), ElementsAre(3));
}

TEST_F(MetricsReaderTest, LeavesOutDamagedAndEndlessLines) {
    const std::string endless(1U << 20, 'x');
    folder_.write("metrics.jsonl", "{\"epoch\":1}\nnothing\n" + metrics_line(2, 0.5) + endless +
                                       '\n' + metrics_line(-1, 1) + metrics_line(7, 0.5) +
                                       "{\"epoch\":8");
    EXPECT_THAT(read_new(), ElementsAre(2, 7));
    folder_.write("metrics.jsonl", endless);
    EXPECT_THAT(read_new(), IsEmpty());
}

TEST_F(MetricsReaderTest, ReadsLinesAsTheyAre) {
    folder_.write("metrics.jsonl", "{\"epoch\":1}\nnothing\n{\"epo");
    std::vector<std::string> lines;
    ASSERT_TRUE(reader_.read_new_lines([&](std::string_view line) {
        lines.emplace_back(line);
        return true;
    }));
    EXPECT_THAT(lines, ElementsAre("{\"epoch\":1}", "nothing"));
    EXPECT_TRUE(reader_.has_half_line());
}

TEST_F(MetricsReaderTest, StopsWhenItsCallerDoes) {
    folder_.write("metrics.jsonl", metrics_line(1, 0.5) + metrics_line(2, 0.4));
    int taken = 0;
    EXPECT_TRUE(reader_.read_new([&](const EpochEvent&) { return ++taken < 1; }));
    EXPECT_EQ(taken, 1);
}

TEST_F(MetricsReaderTest, GoesOnAfterTheLineAtWhichItsCallerStopped) {
    folder_.write("metrics.jsonl", "first\nsecond\nthird\n");
    std::vector<std::string> lines;
    for (int call = 1; call <= 2; ++call) {
        ASSERT_TRUE(reader_.read_new_lines([&](std::string_view line) {
            lines.emplace_back(line);
            return lines.size() != 1;
        }));
    }
    EXPECT_THAT(lines, ElementsAre("first", "second", "third"));
}

TEST_F(MetricsReaderTest, FindsTheLastEpochOfALongFile) {
    std::string lines;
    for (int epoch = 1; epoch <= 5000; ++epoch) {
        lines += metrics_line(epoch, 0.5);
    }
    folder_.write("metrics.jsonl", lines + "damaged\n");
    EXPECT_EQ((*read_last_epoch(file_))->epoch, 5000);
    EXPECT_EQ(read_new().size(), 5000U);
}

TEST_F(MetricsReaderTest, ASpecialFileIsAnErrorAndDoesNotBlock) {
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    EXPECT_FALSE(read_last_epoch(file_));
    EXPECT_FALSE(reader_.read_new([](const EpochEvent&) { return true; }));
    EXPECT_EQ(*read_last_epoch(folder_ / "none"), std::nullopt);
}

}  // namespace
}  // namespace trilby::train
