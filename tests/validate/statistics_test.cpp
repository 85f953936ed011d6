// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/statistics.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace trilby::validate {
namespace {

// Wilson's intervals from Brown, Cai and DasGupta (Statistical Science 16, 2001).
TEST(Rate, AgreesWithPublishedIntervals) {
    const Rate all = rate_of(10, 10);
    EXPECT_DOUBLE_EQ(all.value, 1);
    EXPECT_NEAR(all.low, 0.7225, 1e-4);
    EXPECT_DOUBLE_EQ(all.high, 1);
    const Rate half = rate_of(50, 100);
    EXPECT_NEAR(half.low, 0.4038, 1e-4);
    EXPECT_NEAR(half.high, 0.5962, 1e-4);
}

TEST(Rate, NothingIsKnownWithoutTrials) {
    const Rate rate = rate_of(0, 0);
    EXPECT_EQ(rate.low, 0);
    EXPECT_EQ(rate.high, 1);
}

TEST(Median, IsTheMiddle) {
    EXPECT_EQ(median({}), 0);
    EXPECT_EQ(median({3}), 3);
    EXPECT_EQ(median({9, 1, 5}), 5);
    EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
}

TEST(Percentile, IsTheSmallestValueThatEnoughValuesDoNotExceed) {
    EXPECT_EQ(percentile({}, 0.95), 0);
    EXPECT_EQ(percentile({3}, 0.95), 3);
    EXPECT_EQ(percentile({5, 1, 4, 2, 3}, 0.5), 3);
    EXPECT_EQ(percentile({5, 1, 4, 2, 3}, 0.95), 5);
    std::vector<double> values;
    for (int i = 100; i > 0; --i) {
        values.push_back(i);
    }
    EXPECT_EQ(percentile(values, 0.95), 95);
    EXPECT_EQ(percentile(values, 0), 1);
    EXPECT_EQ(percentile(values, 1), 100);
}

}  // namespace
}  // namespace trilby::validate
