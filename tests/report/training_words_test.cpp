// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/training_words.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace trilby::report {
namespace {

TEST(TrainingWords, AnEpochIsALine) {
    const train::EpochEvent epoch{.epoch = 3,
                                  .training_loss = 0.5,
                                  .validation = {{"accuracy", {0.921}}, {"loss", {0.25}}},
                                  .units_per_second = {12'345.0},
                                  .seconds = {2.0}};
    EXPECT_EQ(epoch_line(epoch, {"accuracy", "images", 10}),
              "epoch  3/10  loss 0.5000  validation accuracy 92.10 %  12,345 images/s  2.0 s\n");
    EXPECT_EQ(epoch_line({.epoch = 1}, {"accuracy", "images", 9}),
              "epoch 1/9  loss 0.0000  0 images/s  0.0 s\n");
}

TEST(TrainingWords, ASpeedThatIsNotANumberIsNone) {
    EXPECT_EQ(speed_in_words(std::numeric_limits<double>::quiet_NaN(), "rows"), "0 rows/s");
    EXPECT_EQ(speed_in_words(-1.0, "rows"), "0 rows/s");
    EXPECT_EQ(speed_in_words(2'500.4, "rows"), "2,500 rows/s");
}

}  // namespace
}  // namespace trilby::report
