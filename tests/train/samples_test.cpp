// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/samples.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Spread, TakesPositionsAtTheSameDistance) {
    EXPECT_THAT(spread(2, 5), ElementsAre(0, 1));
    EXPECT_THAT(spread(9, 3), ElementsAre(0, 3, 6));
    EXPECT_THAT(spread(0, 3), IsEmpty());
}

TEST(ClassSamples, TheMostProbableErrorsComeFirst) {
    const std::array truth{0, 0, 1, 1};
    const std::array probabilities{0.9F, 0.1F, 0.4F, 0.6F, 0.8F, 0.2F, 0.1F, 0.9F};
    const Samples samples = class_samples({"cat", "dog"}, truth, probabilities);
    ASSERT_EQ(samples.first.size(), 4U);
    EXPECT_EQ(samples.first[0].predicted, "cat");
    EXPECT_EQ(samples.first[0].example, 1);
    ASSERT_EQ(samples.errors.size(), 2U);
    EXPECT_EQ(samples.errors[0].example, 3);
    EXPECT_EQ(samples.errors[0].truth, "dog");
    EXPECT_FLOAT_EQ(static_cast<float>(samples.errors[0].probability), 0.8F);
    EXPECT_EQ(samples.errors[1].example, 2);
}

TEST(ClassSamples, AreFewAndIgnoreProbabilitiesThatAreNotFinite) {
    const std::vector<std::int32_t> truth(1000, 1);
    const std::vector<float> probabilities(2000, std::numeric_limits<float>::quiet_NaN());
    const Samples samples = class_samples({"cat", "dog"}, truth, probabilities);
    EXPECT_EQ(samples.first.size(), 8U);
    EXPECT_EQ(samples.errors.size(), 16U);
    EXPECT_EQ(samples.errors[0].probability, 0.0);
}

}  // namespace
}  // namespace trilby::train
