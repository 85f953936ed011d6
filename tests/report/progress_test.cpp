// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/progress.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace trilby::report {
namespace {

const TrainingProgress progress{.epoch = 2,
                                .epochs = 3,
                                .step = 500,
                                .steps = 1000,
                                .training_loss = 0.25,
                                .rate = "2,850 images/s",
                                .time_left = std::chrono::seconds(65)};

TEST(TrainingProgress, LineHasAllValues) {
    EXPECT_EQ(progress_line(progress),
              "epoch 2/3: 50 % of the run, loss 0.250, 2,850 images/s, 1 min 05 s left");
    EXPECT_EQ(progress_bar(progress, 100),
              "epoch 2/3  [##########..........]  50 %  1 min 05 s left  2,850 images/s  "
              "loss 0.250");
}

TEST(TrainingProgress, BarLeavesOutWhatDoesNotFit) {
    EXPECT_EQ(progress_bar(progress, 45), "epoch 2/3  [##########..........]  50 %");
    EXPECT_EQ(progress_bar(progress, 12), "epoch 2/3");
    for (int columns = 1; columns <= 200; ++columns) {
        EXPECT_LT(progress_bar(progress, columns).size(), static_cast<std::size_t>(columns));
    }
}

TEST(TrainingProgress, BarNeverOverflows) {
    EXPECT_EQ(bar(0.0), "[....................]");
    EXPECT_EQ(bar(1.0), "[####################]");
    TrainingProgress beyond = progress;
    beyond.step = 2000;
    EXPECT_NE(progress_bar(beyond, 100).find("[####################] 100 %"), std::string::npos);
    beyond.steps = 0;
    EXPECT_FALSE(progress_bar(beyond, 100).empty());
}

}  // namespace
}  // namespace trilby::report
