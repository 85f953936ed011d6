// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/divergence.hpp"

#include <cmath>
#include <gmock/gmock.h>

#include "train/loss_record.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Divergence, AtTheFirstStepComesFromTheData) {
    const Error error = explain({.step = 1, .epoch = 1, .is_untrained = true});
    EXPECT_EQ(error.code, ErrorCode::failed);
    EXPECT_EQ(error.message,
              "the training diverged at step 1 (epoch 1): no weight had changed yet, so the data "
              "are the likely cause");
    EXPECT_THAT(error.hint, HasSubstr("data show"));
}

TEST(Divergence, LaterComesFromTheLearningRate) {
    const Error error = explain(
        {.step = 31, .epoch = 2, .loss_before = 812.5, .learning_rate = 0.1, .saved_step = 20});
    EXPECT_EQ(error.message,
              "the training diverged at step 31 (epoch 2): the loss of the step before was 812.5; "
              "the learning rate, 0.1, is probably too high; the checkpoint of step 20 is kept");
    EXPECT_THAT(error.hint, HasSubstr("clip_norm"));
}

TEST(Divergence, MayBeAnOverflow) {
    EXPECT_THAT(explain({.step = 2, .epoch = 1, .loss_before = 1e30}).message,
                HasSubstr("near the end of float32"));
}

TEST(Divergence, DoesNotSuggestClippingToARunThatClips) {
    EXPECT_THAT(explain({.step = 31, .epoch = 2, .has_clipping = true}).hint,
                Not(HasSubstr("clip_norm")));
}

TEST(LossRecord, FindsTheFirstStepThatIsNotFinite) {
    LossRecord record;
    for (const double loss : {1.0, 3.0, std::nan(""), 2.0}) {
        record.add(loss, 10);
    }
    EXPECT_FALSE(record.is_finite());
    EXPECT_EQ(record.steps, 4);
    EXPECT_EQ(record.finite_steps, 2);
    EXPECT_EQ(record.last_finite, 3.0);
}

TEST(LossRecord, WeighsLossesByTheirExamples) {
    LossRecord record;
    EXPECT_EQ(record.mean(), 0.0);
    record.add(1.0, 30);
    record.add(5.0, 10);
    EXPECT_DOUBLE_EQ(record.mean(), 2.0);
}

}  // namespace
}  // namespace trilby::train
