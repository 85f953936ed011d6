// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_tail.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <optional>

#include "platform/file_lock.hpp"
#include "train/made_run.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;

using RunTailTest = RunsTest;

TEST_F(RunTailTest, EndsWhenNobodyTrainsTheRunAnyMore) {
    const auto run = make("run", {.epochs_done = 2});
    std::optional lock = platform::FileLock::take(run / lock_name);
    platform::InterruptWatch interrupts;
    std::vector<std::int64_t> epochs;
    EXPECT_TRUE(follow_epochs(run, interrupts, [&](const EpochEvent& epoch) {
        epochs.push_back(epoch.epoch);
        if (epoch.epoch == 2) {  // the run goes on, and ends
            make("run", {.epochs_done = 3, .test_mse = 0.5});
            lock.reset();
        }
        return true;
    }));
    EXPECT_THAT(epochs, ElementsAre(1, 2, 3));
}

TEST_F(RunTailTest, EndsAtASignal) {
    const auto run = make("run", {.epochs_done = 2});
    const auto lock = platform::FileLock::take(run / lock_name);
    platform::InterruptWatch interrupts;
    const auto followed = follow_epochs(run, interrupts, [](const EpochEvent&) {
        ::raise(SIGINT);
        return true;
    });
    ASSERT_FALSE(followed);
    EXPECT_EQ(followed.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace trilby::train
