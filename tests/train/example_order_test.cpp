// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/example_order.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::int64_t> examples_of_steps(ExampleOrder& order, std::int64_t first,
                                            std::int64_t last) {
    std::vector<std::int64_t> all;
    for (std::int64_t step = first; step < last; ++step) {
        std::ranges::copy(order.examples_of(step), std::back_inserter(all));
    }
    return all;
}

TEST(ExampleOrder, AnEpochVisitsEachExampleOnce) {
    ExampleOrder order({.batch_size = 2}, 5);
    EXPECT_EQ(order.steps_per_epoch(), 3);
    EXPECT_THAT(order.examples_of(2), SizeIs(1));
    EXPECT_THAT(examples_of_steps(order, 0, 3), UnorderedElementsAre(0, 1, 2, 3, 4));
    EXPECT_THAT(examples_of_steps(order, 3, 6), UnorderedElementsAre(0, 1, 2, 3, 4));
}

TEST(ExampleOrder, StepsOfASetNumberGoOnIntoTheNextPass) {
    ExampleOrder order({.batch_size = 3, .steps_per_epoch = 10}, 5);
    EXPECT_EQ(order.steps_per_epoch(), 10);
    const std::vector<std::int64_t> all = examples_of_steps(order, 0, 5);
    ASSERT_THAT(all, SizeIs(15));
    for (const std::size_t pass : {0U, 1U, 2U}) {
        const std::vector<std::int64_t> examples(
            all.begin() + static_cast<std::ptrdiff_t>(5 * pass),
            all.begin() + static_cast<std::ptrdiff_t>(5 * pass + 5));
        EXPECT_THAT(examples, UnorderedElementsAre(0, 1, 2, 3, 4)) << pass;
    }
}

TEST(ExampleOrder, AStepHasTheExamplesOfAllItsBatches) {
    ExampleOrder order({.batch_size = 2, .accumulation = 2}, 5);
    EXPECT_EQ(order.steps_per_epoch(), 2);
    EXPECT_THAT(order.examples_of(0), SizeIs(4));
    EXPECT_THAT(order.examples_of(1), SizeIs(1));
    ExampleOrder endless({.batch_size = 2, .accumulation = 2, .steps_per_epoch = 3}, 5);
    EXPECT_EQ(endless.steps_per_epoch(), 3);
    EXPECT_THAT(endless.examples_of(1), SizeIs(4));
}

TEST(ExampleOrder, ABatchMayHaveMoreExamplesThanThereAre) {
    ExampleOrder whole({.batch_size = 100}, 3);
    EXPECT_THAT(whole.examples_of(7), UnorderedElementsAre(0, 1, 2));
    ExampleOrder endless({.batch_size = 7, .steps_per_epoch = 1}, 3);
    EXPECT_THAT(endless.examples_of(0), SizeIs(7));
}

TEST(ExampleOrder, DoesNotDependOnWhatWasAskedBefore) {
    ExampleOrder order({.batch_size = 2, .seed = 9}, 5);
    const auto fourth = order.examples_of(4);
    (void)order.examples_of(0);
    EXPECT_EQ(order.examples_of(4), fourth);
    EXPECT_EQ(ExampleOrder({.batch_size = 2, .seed = 9}, 5).examples_of(4), fourth);
}

}  // namespace
}  // namespace trilby::train
