// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/event_file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "platform/file_lock.hpp"
#include "train/made_run.hpp"
#include "train/metrics_reader.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using trilby::testing::read_file;

// tests/cli/runs.sh reads such a file with another implementation of its format.
class EventFileTest : public RunsTest {
  protected:
    /// A run that was made `epochs` long.
    [[nodiscard]] std::filesystem::path run_of(int epochs) const {
        return make("run", {.epochs_done = epochs, .test_mse = 0.5});
    }
    [[nodiscard]] std::string events() const { return read_file(folder_ / "run" / events_name); }
    [[nodiscard]] ino_t inode() const {
        struct stat info {};
        ::stat((folder_ / "run" / events_name).c_str(), &info);
        return info.st_ino;
    }
};

TEST_F(EventFileTest, HasTheEpochsAndTheTest) {
    const auto file = write_event_file(run_of(3));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(*file, folder_ / "run" / events_name);
    for (const char* text : {"brain.Event:2", "loss/training", "loss/validation", "mse/validation",
                             "mse/test", "training/learning_rate", "training/units_per_second"}) {
        EXPECT_THAT(events(), HasSubstr(text));
    }
}

TEST_F(EventFileTest, DoesNotChangeIfItIsWrittenAgain) {
    ASSERT_TRUE(write_event_file(run_of(3)));
    const std::string before = events();
    ASSERT_TRUE(write_event_file(folder_ / "run"));
    EXPECT_EQ(events(), before);
}

TEST_F(EventFileTest, IsRepairedInPlaceWhereverItIsDamaged) {
    ASSERT_TRUE(write_event_file(run_of(3)));
    const std::string whole = events();
    const ino_t before = inode();
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        folder_.write(std::string("run/") + events_name, whole.substr(0, size) + "damaged");
        ASSERT_TRUE(write_event_file(folder_ / "run"));
        ASSERT_EQ(events(), whole) << size;
    }
    EXPECT_EQ(inode(), before) << "TensorBoard keeps it open";
}

TEST_F(EventFileTest, EpochsAfterTheMetricsAreCutOff) {
    ASSERT_TRUE(write_event_file(run_of(1)));
    const std::string one = events();
    folder_.write("run/metrics.jsonl", metrics_line(1, 1.0) + metrics_line(2, 0.5));
    ASSERT_TRUE(EventFile::open(folder_ / "run"));
    folder_.write("run/metrics.jsonl", metrics_line(1, 1.0));
    ASSERT_TRUE(write_event_file(folder_ / "run"));
    EXPECT_EQ(events(), one);
}

TEST_F(EventFileTest, TheFileOfARunThatContinuesIsThatOfAWholeRun) {
    ASSERT_TRUE(write_event_file(run_of(3)));
    const std::string whole = events();
    folder_.write("run/metrics.jsonl", metrics_line(1, 1.0));
    auto file = EventFile::open(folder_ / "run");
    ASSERT_TRUE(file);
    for (int epoch = 2; epoch <= 3; ++epoch) {
        ASSERT_TRUE(file->add(*parse_epoch(metrics_line(epoch, 1.0 / epoch))));
    }
    EXPECT_EQ(events(), whole.substr(0, events().size()));
    EXPECT_THAT(events(), Not(HasSubstr("mse/test")));
}

TEST_F(EventFileTest, UnknownMetricsAreLeftOut) {
    make("run", {.epochs_done = 1});
    auto file = EventFile::open(folder_ / "run");
    ASSERT_TRUE(file->add(EpochEvent{.epoch = 2, .validation = {{"\x1b[2J", {1.0}}}}));
    EXPECT_THAT(events(), Not(HasSubstr("\x1b[2J")));
}

TEST_F(EventFileTest, OnlyARegularFileIsWritten) {
    const auto run = run_of(1);
    folder_.write("precious", "mine");
    std::filesystem::create_symlink(folder_ / "precious", run / events_name);
    EXPECT_THAT(write_event_file(run).error().hint, HasSubstr("remove the symbolic link"));
    EXPECT_EQ(read_file(folder_ / "precious"), "mine");
    std::filesystem::remove(run / events_name);
    ASSERT_EQ(::mkfifo((run / events_name).c_str(), 0600), 0);
    EXPECT_THAT(write_event_file(run).error().message, HasSubstr("not a regular file"));
    std::filesystem::remove(run / events_name);
    std::filesystem::create_directory(run / events_name);
    EXPECT_EQ(write_event_file(run).error().code, ErrorCode::cannot_create);
}

TEST_F(EventFileTest, IsNotWrittenInAnyFolderOrWhileARunIsTrained) {
    folder_.write("other/recipe.toml", "not of a run");
    EXPECT_EQ(write_event_file(folder_ / "other").error().code, ErrorCode::no_input);
    const auto run = run_of(1);
    const auto lock = platform::FileLock::take(run / lock_name);
    EXPECT_EQ(write_event_file(run).error().code, ErrorCode::cannot_create);
}

}  // namespace
}  // namespace trilby::train
