// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/split.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr SplitFractions halves{.validation = 0.25, .test = 0.25};

TEST(SplitAtRandom, GivesEachPartItsFraction) {
    const Split split = split_at_random(1000, {.validation = 0.16, .test = 0.2}, 1);
    EXPECT_EQ(std::ranges::count(split, Part::test), 200);
    EXPECT_EQ(std::ranges::count(split, Part::validation), 160);
}

TEST(SplitAtRandom, FollowsFromTheSeed) {
    EXPECT_EQ(split_at_random(100, halves, 7), split_at_random(100, halves, 7));
    EXPECT_NE(split_at_random(100, halves, 7), split_at_random(100, halves, 8));
}

TEST(SplitClassesAtRandom, DividesEachClass) {
    std::vector<std::uint32_t> classes(100, 0);
    std::fill_n(classes.begin(), 8, 1);
    const Split split = split_classes_at_random(classes, halves, 1);
    EXPECT_EQ(std::count(split.begin(), split.begin() + 8, Part::test), 2);
    EXPECT_EQ(std::count(split.begin(), split.begin() + 8, Part::validation), 2);
}

TEST(SplitClassesAtRandom, TrainsOnARowOfEachClass) {
    const std::vector<std::uint32_t> classes{0, 1, 2};
    const Split split = split_classes_at_random(classes, {.validation = 0.1, .test = 0.9}, 1);
    EXPECT_THAT(split, ElementsAre(Part::training, Part::training, Part::training));
}

TEST(SplitInOrder, TestsTheLastRows) {
    EXPECT_THAT(split_in_order(4, halves),
                ElementsAre(Part::training, Part::training, Part::validation, Part::test));
}

TEST(SplitByWords, KnowsTheUsualWords) {
    const std::vector<std::string> words{"Test", "dev", "train"};
    const std::vector<std::uint32_t> codes{3, 1, 2};
    EXPECT_THAT(split_by_words(codes, words).value(),
                ElementsAre(Part::training, Part::test, Part::validation));
}

TEST(SplitByWords, RefusesAnotherWord) {
    const std::vector<std::string> words{"train", "holdout"};
    const std::vector<std::uint32_t> codes{1, 2};
    EXPECT_THAT(split_by_words(codes, words).error().message, HasSubstr("'holdout'"));
}

TEST(RowsOf, KeepsTheOrder) {
    const Split split{Part::test, Part::training, Part::test};
    EXPECT_THAT(rows_of(split, Part::test), ElementsAre(0, 2));
}

}  // namespace
}  // namespace trilby::data
