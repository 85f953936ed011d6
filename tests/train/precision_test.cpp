// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/precision.hpp"

#include <gtest/gtest.h>

#include "train/precision_trial.hpp"

namespace trilby::train {
namespace {

using worker::Outcome;

TEST(Precision, IsBfloat16WhereItGainsEnough) {
    const PrecisionUse use = faster_precision({.float32 = 0.017, .bfloat16 = 0.010});
    EXPECT_EQ(use.name, Precision::bfloat16);
    EXPECT_EQ(use.reason, "1.70 times as fast as float32 in a trial");
}

TEST(Precision, IsFloat32WhereBfloat16GainsLittleOrNothing) {
    const PrecisionUse close = faster_precision({.float32 = 0.0114, .bfloat16 = 0.010});
    EXPECT_EQ(close.name, Precision::float32);
    EXPECT_EQ(close.reason, "bfloat16 is 1.14 times as fast in a trial");
    EXPECT_EQ(faster_precision({.float32 = 0.010, .bfloat16 = 0.130}).name, Precision::float32);
}

worker::Failure failed(Outcome outcome) {
    return {.outcome = outcome, .error = {.message = "the worker crashed"}};
}

TEST(PrecisionTrial, HasFailedIfTheWorkerEndsInIt) {
    for (const Outcome outcome : {Outcome::crashed, Outcome::exited, Outcome::timed_out}) {
        PrecisionTrial trial;
        EXPECT_TRUE(trial.params().empty());
        trial.take({{"type", "trial"}});
        EXPECT_TRUE(trial.has_failed(failed(outcome)));
        EXPECT_EQ(trial.params().at("no_trial"),
                  "the trial of bfloat16 failed: the worker crashed");
    }
}

TEST(PrecisionTrial, HasNotFailedIfTheWorkerEndsBeforeOrAfterIt) {
    PrecisionTrial trial;
    EXPECT_FALSE(trial.has_failed(failed(Outcome::crashed)));
    trial.take({{"type", "trial"}});
    trial.take({{"type", "start"}});
    EXPECT_FALSE(trial.has_failed(failed(Outcome::crashed)));
    EXPECT_TRUE(trial.params().empty());
}

TEST(PrecisionTrial, HasNotFailedIfTheUserEndsIt) {
    PrecisionTrial trial;
    trial.take({{"type", "trial"}});
    EXPECT_FALSE(trial.has_failed(failed(Outcome::cancelled)));
}

TEST(PrecisionTrial, IsNotRepeatedMoreThanOnce) {
    int attempts = 0;
    const auto answer = with_trial([&](PrecisionTrial& trial) -> worker::Answer<int> {
        ++attempts;
        trial.take({{"type", "trial"}});
        return std::unexpected(failed(Outcome::crashed));
    });
    EXPECT_FALSE(answer);
    EXPECT_EQ(attempts, 2);
}

}  // namespace
}  // namespace trilby::train
