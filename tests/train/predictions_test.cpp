// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/predictions.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;

TEST(ClassReport, CountsWhatIsTakenForWhat) {
    Evaluation evaluation;
    report_classes(evaluation, {"cat", "dog", "owl"}, std::array{0, 0, 0, 1, 1},
                   std::array{0, 0, 1, 1, 0});
    EXPECT_THAT(evaluation.confusions,
                ElementsAre(ElementsAre(2, 1, 0), ElementsAre(1, 1, 0), ElementsAre(0, 0, 0)));
    const ClassReport& cat = evaluation.classes[0];
    EXPECT_EQ(cat.name, "cat");
    EXPECT_EQ(cat.examples, 3);
    EXPECT_EQ(cat.predicted, 3);
    EXPECT_DOUBLE_EQ(cat.precision, 2.0 / 3.0);
    EXPECT_DOUBLE_EQ(cat.recall, 2.0 / 3.0);
    EXPECT_DOUBLE_EQ(cat.f1, 2.0 / 3.0);
}

TEST(ClassReport, AClassThatDoesNotOccurHasZeros) {
    Evaluation evaluation;
    report_classes(evaluation, {"cat", "owl"}, std::array{0}, std::array{0});
    EXPECT_EQ(evaluation.classes[1].examples, 0);
    EXPECT_EQ(evaluation.classes[1].precision, 0.0);
    EXPECT_EQ(evaluation.classes[1].f1, 0.0);
}

TEST(Largest, IsTheFirstOfEqualScores) {
    EXPECT_THAT(largest(std::array{0.1F, 0.7F, 0.2F, 0.5F, 0.0F, 0.5F}, 3), ElementsAre(1, 0));
}

}  // namespace
}  // namespace trilby::train
