// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics.hpp"

#include <cmath>
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

TEST(Metrics, OtherNumbersAreShownWithFiveDigits) {
    const MetricKind* rmse = find_metric("rmse");
    ASSERT_NE(rmse, nullptr);
    EXPECT_EQ(format_metric(*rmse, {0.0}), "0.0000");
    EXPECT_EQ(format_metric(*rmse, {0.03125}), "0.0312");
    EXPECT_EQ(format_metric(*rmse, {543.21004}), "543.21");
    EXPECT_EQ(format_metric(*rmse, {12345.678}), "12346");
    EXPECT_EQ(format_metric(*rmse, {-1234567.0}), "-1234567");
    EXPECT_EQ(format_metric(*rmse, {1113214715638499.6}), "1.1132e+15");
    EXPECT_EQ(format_metric(*rmse, {0.00012345678}), "0.00012346");
}

TEST(Metrics, HaveNoValueThatIsNotFinite) {
    for (const double damage : {double{NAN}, double{INFINITY}}) {
        EXPECT_FALSE(value_of("loss", {{"loss", {damage}}}));
        EXPECT_EQ(format_metric(*find_metric("loss"), {damage}), "not a number");
        EXPECT_TRUE(is_better("loss", {{"loss", {0.5}}}, {{"loss", {damage}}}));
        EXPECT_FALSE(is_better("loss", {{"loss", {damage}}}, {{"loss", {0.5}}}));
    }
}

}  // namespace
}  // namespace trilby::train
