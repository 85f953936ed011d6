// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_list.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "platform/file_lock.hpp"
#include "train/made_run.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunListTest : public RunsTest {
  protected:
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        const auto runs = list_runs(folder_.path());
        for (const RunRecord& run : *runs) {
            names.push_back(run.name());
        }
        return names;
    }
    void set_time(const std::string& name, time_t seconds) const {
        const timespec time{seconds, 0};
        const std::array times{time, time};
        for (const char* file : run_file_names) {
            ::utimensat(AT_FDCWD, (folder_ / name / file).c_str(), times.data(), 0);
        }
    }
};

TEST_F(RunListTest, TheRunThatChangedLastIsAtTheEnd) {
    make("a", {});
    make("b", {});
    make("c", {});
    set_time("a", 2000);
    set_time("b", 3000);
    set_time("c", 1000);
    EXPECT_THAT(names(), ElementsAre("c", "a", "b"));
    EXPECT_EQ(summary_of(*read_run(folder_ / "c")).changed, "1970-01-01T00:16:40Z");
}

TEST_F(RunListTest, ARunSaysWhenItsFilesChanged) {
    make("a", {});
    set_time("a", 2000);
    const std::array times{timespec{3000, 0}, timespec{3000, 0}};
    ::utimensat(AT_FDCWD, (folder_ / "a" / metrics_name).c_str(), times.data(), 0);
    std::filesystem::remove(folder_ / "a" / checkpoint_name);
    const RunRecord run = *read_run(folder_ / "a");
    EXPECT_EQ(run.changed.time_since_epoch().count(), 3000);
    EXPECT_EQ(run.last_epoch_ended, run.changed);
    EXPECT_EQ(run.saved, std::nullopt);
}

TEST_F(RunListTest, WhatIsNotARunIsLeftOut) {
    make("run", {});
    folder_.write("notes.txt", "mine");
    folder_.write("other/recipe.toml", "not of a run");
    std::filesystem::create_symlink("nowhere", folder_ / "link");
    EXPECT_THAT(names(), ElementsAre("run"));
    EXPECT_EQ(read_run(folder_ / "other").error().code, ErrorCode::no_input);
    EXPECT_EQ(list_runs(folder_ / "none").error().code, ErrorCode::no_input);
    EXPECT_EQ(list_runs(folder_ / "run")->size(), 1U) << "it is a run itself";
}

TEST_F(RunListTest, ARunHasAState) {
    EXPECT_EQ(read_run(make("ended", {.epochs_done = 5, .test_mse = 0.25}))->state,
              RunState::ended);
    EXPECT_EQ(read_run(make("stopped", {.epochs_done = 2}))->state, RunState::stopped);
    EXPECT_EQ(read_run(make("empty", {.schema = ""}))->state, RunState::empty);
    const auto lock = platform::FileLock::take(folder_ / "stopped" / lock_name);
    EXPECT_EQ(read_run(folder_ / "stopped")->state, RunState::running);
}

TEST_F(RunListTest, ARunIsAsGoodAsItsTestOrItsLastValidation) {
    const RunSummary ended = summary_of(*read_run(make("a", {.epochs_done = 5, .test_mse = 0.25})));
    EXPECT_EQ(ended.score->part, "test");
    EXPECT_EQ(ended.score->value.content, 0.25);
    const RunSummary stopped = summary_of(*read_run(make("b", {.epochs_done = 2})));
    EXPECT_EQ(stopped.score->metric, "mse");
    EXPECT_EQ(stopped.score->part, "validation");
    EXPECT_EQ(stopped.score->value.content, 0.5);
    EXPECT_EQ(stopped.epochs_done, 2);
    EXPECT_EQ(stopped.epochs, 5);
    EXPECT_FALSE(summary_of(*read_run(make("c", {}))).score);
}

TEST_F(RunListTest, ADamagedRunSaysWhy) {
    const auto damage_with = [&](const char* file, const char* content) {
        make("run", {.epochs_done = 2, .test_mse = 0.25});
        folder_.write(std::string("run/") + file, content);
        const auto run = read_run(folder_ / "run");
        EXPECT_EQ(run->state, RunState::damaged) << file;
        return run->damage;
    };
    EXPECT_THAT(damage_with(recipe_name, "name = 1"), HasSubstr("recipe.toml:1"));
    EXPECT_THAT(damage_with(result_name, "{}"), HasSubstr("baselines"));
    EXPECT_THAT(damage_with(result_name, "["), HasSubstr("result.json"));
    EXPECT_THAT(damage_with(checkpoint_name, "short"), HasSubstr("is damaged: it is shorter"));
    EXPECT_THAT(read_run(make("lost", {.epochs_done = 2, .schema = ""}))->damage,
                HasSubstr("it has no checkpoint"));
}

TEST_F(RunListTest, ATimeBeyondAnyCalendarIsShown) {
    make("run", {});
    set_time("run", time_t{1} << 60);
    EXPECT_THAT(summary_of(*read_run(folder_ / "run")).changed, HasSubstr("Z"));
}

}  // namespace
}  // namespace trilby::train
