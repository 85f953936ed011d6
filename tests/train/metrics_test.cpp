// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics.hpp"

#include <gtest/gtest.h>

namespace trilby::train {
namespace {

TEST(Metrics, FractionsAreShownInPercent) {
    const MetricKind* accuracy = find_metric("accuracy");
    ASSERT_NE(accuracy, nullptr);
    EXPECT_EQ(format_metric(*accuracy, {0.93125}), "93.12 %");
    EXPECT_EQ(format_metric(*find_metric("loss"), {0.5}), "0.5000");
    EXPECT_EQ(format_metric(*accuracy, {}), "not a number");
    EXPECT_EQ(find_metric("unheard of"), nullptr);
}

}  // namespace
}  // namespace trilby::train
