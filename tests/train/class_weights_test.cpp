// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/class_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;

TEST(ClassWeights, AreInverseToTheExamplesWithAMeanOfOne) {
    EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{6, 2}), ElementsAre(8.0 / 12, 2.0));
    EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{3, 3, 3}), ElementsAre(1.0, 1.0, 1.0));
}

TEST(ClassWeights, AreZeroForAClassWithoutExamples) {
    EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{6, 0, 2}),
                ElementsAre(8.0 / 12, 0.0, 2.0));
    EXPECT_THAT(balanced_weights(std::vector<std::int64_t>{0, 0}), ElementsAre(0.0, 0.0));
}

}  // namespace
}  // namespace trilby::train
