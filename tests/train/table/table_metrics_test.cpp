// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/table_metrics.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>

namespace trilby::train::table {
namespace {

double value(const Metrics& metrics, const std::string& name) {
    return metrics.at(name).content.value();
}

TEST(ClassificationMetrics, AreThoseOfProbabilities) {
    const std::array probabilities{0.9F, 0.1F, 0.4F, 0.6F, 0.8F, 0.2F, 0.3F, 0.7F};
    const std::array<std::int32_t, 4> classes{0, 0, 0, 1};
    const Metrics metrics = classification_metrics(probabilities, classes, 2);
    EXPECT_DOUBLE_EQ(value(metrics, "accuracy"), 0.75);
    EXPECT_NEAR(value(metrics, "balanced_accuracy"), (2.0 / 3.0 + 1.0) / 2.0, 1e-9);
    EXPECT_DOUBLE_EQ(value(metrics, "roc_auc"), 1.0);
    const double log_loss = -std::log(0.9 * 0.4 * 0.8 * 0.7) / 4.0;
    EXPECT_NEAR(value(metrics, "log_loss"), log_loss, 1e-6);
}

TEST(ClassificationMetrics, CountEqualScoresAsHalfInOrder) {
    const std::array probabilities{0.5F, 0.5F, 0.5F, 0.5F};
    const std::array<std::int32_t, 2> classes{0, 1};
    EXPECT_DOUBLE_EQ(value(classification_metrics(probabilities, classes, 2), "roc_auc"), 0.5);
}

TEST(ClassificationMetrics, HaveNoCurveWithoutBothClasses) {
    const std::array probabilities{0.5F, 0.5F};
    const std::array<std::int32_t, 1> classes{1};
    EXPECT_FALSE(classification_metrics(probabilities, classes, 2).contains("roc_auc"));
    const std::array of_three{0.2F, 0.5F, 0.3F};
    EXPECT_FALSE(classification_metrics(of_three, classes, 3).contains("roc_auc"));
}

TEST(ClassificationMetrics, HaveNoValueOfTheCurveIfAScoreIsNotFinite) {
    const std::array<std::int32_t, 4> classes{0, 1, 0, 1};
    for (const float damage : {NAN, INFINITY}) {
        const std::array probabilities{0.9F, 0.1F, damage, damage, 0.8F, 0.2F, 0.3F, 0.7F};
        const Metrics metrics = classification_metrics(probabilities, classes, 2);
        ASSERT_TRUE(metrics.contains("roc_auc"));
        EXPECT_FALSE(metrics.at("roc_auc").content);
    }
}

TEST(RegressionMetrics, AreInTheUnitOfTheTarget) {
    const Target target{.column = "y", .classes = {}, .mean = 100.0, .deviation = 10.0};
    const std::array outputs{0.0F, 1.0F};
    const std::array expected{-1.0F, 1.0F};
    const Metrics metrics = regression_metrics(target, outputs, expected);
    EXPECT_NEAR(value(metrics, "mae"), 5.0, 1e-9);
    EXPECT_NEAR(value(metrics, "rmse"), std::sqrt(50.0), 1e-9);
    EXPECT_NEAR(value(metrics, "r2"), 0.5, 1e-9);
    EXPECT_NEAR(value(metrics, "loss"), 0.5, 1e-9);
    EXPECT_FALSE(metrics.contains("rmse_log"));
}

TEST(RegressionMetrics, HaveTheErrorOfTheLogarithmIfItIsLearned) {
    const Target target{
        .column = "y", .classes = {}, .is_log = true, .mean = 0.0, .deviation = 2.0};
    const std::array outputs{0.0F};
    const std::array expected{0.5F};
    const Metrics metrics = regression_metrics(target, outputs, expected);
    EXPECT_NEAR(value(metrics, "rmse_log"), 1.0, 1e-9);
    EXPECT_NEAR(value(metrics, "rmse"), std::exp(1.0) - 1.0, 1e-6);
    EXPECT_FALSE(metrics.at("r2").content);  // one row does not vary
    EXPECT_EQ(headline(target), "rmse_log");
}

}  // namespace
}  // namespace trilby::train::table
