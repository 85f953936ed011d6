// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/pass_order.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "train/schedule.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::vector<std::int64_t> all_of(PassOrder order, std::int64_t count) {
    std::vector<std::int64_t> examples;
    for (std::int64_t position = 0; position < count; ++position) {
        examples.push_back(order.example_at(position));
    }
    return examples;
}

bool is_permutation_of_all(std::vector<std::int64_t> examples) {
    std::ranges::sort(examples);
    for (std::size_t i = 0; i < examples.size(); ++i) {
        if (examples[i] != static_cast<std::int64_t>(i)) {
            return false;
        }
    }
    return true;
}

TEST(PassOrder, OfAllExamplesIsThatOfTheEpoch) {
    const PassOrder order(7, 3, 100, {});
    EXPECT_EQ(order.windows(), 1);
    EXPECT_THAT(all_of(order, 100), ElementsAreArray(epoch_order(7, 3, 100)));
}

TEST(PassOrder, HasEachExampleOnceForAnySizes) {
    for (const std::int64_t count : {1, 2, 9, 10, 11, 99, 1000}) {
        for (const Shuffle shuffle :
             {Shuffle{1, 1}, Shuffle{1, 3}, Shuffle{3, 2}, Shuffle{10, 4}, Shuffle{1000, 1},
              Shuffle{5, 1000}, Shuffle{1, INT64_MAX}, Shuffle{INT64_MAX, INT64_MAX}}) {
            EXPECT_TRUE(is_permutation_of_all(all_of({1, 0, count, shuffle}, count)))
                << count << " in blocks of " << shuffle.block << ", windows of " << shuffle.window;
        }
    }
}

TEST(PassOrder, AWindowHasTheExamplesOfItsBlocks) {
    constexpr std::int64_t count = 103;
    PassOrder order(1, 2, count, {.block = 5, .window = 4});
    EXPECT_EQ(order.windows(), 5);  // 20 blocks
    for (std::int64_t position = 0; position < count; ++position) {
        const std::int64_t example = order.example_at(position);
        const auto blocks = order.blocks_of(order.window_of(position));
        EXPECT_TRUE(std::ranges::any_of(blocks, [&](const data::Range& block) {
            return block.first <= example && example < block.last;
        }));
    }
}

TEST(PassOrder, BlocksComeFromAllPlacesAndExamplesAreMixed) {
    PassOrder order(1, 0, 10'000, {.block = 10, .window = 100});
    const std::vector<std::int64_t> first = all_of(order, 1000);
    EXPECT_GT(std::ranges::count_if(first, [](std::int64_t example) { return example >= 5000; }),
              300);
    std::int64_t neighbours = 0;
    for (std::size_t i = 1; i < first.size(); ++i) {
        neighbours += first[i] == first[i - 1] + 1 ? 1 : 0;
    }
    EXPECT_LT(neighbours, 10);
}

TEST(PassOrder, DiffersBetweenPassesAndSeeds) {
    const Shuffle shuffle{.block = 2, .window = 3};
    const std::set<std::vector<std::int64_t>> orders{
        all_of({1, 0, 60, shuffle}, 60), all_of({1, 1, 60, shuffle}, 60),
        all_of({2, 0, 60, shuffle}, 60), all_of({1, 0, 60, {}}, 60)};
    EXPECT_EQ(orders.size(), 4U);
    EXPECT_EQ(all_of({1, 0, 60, shuffle}, 60), all_of({1, 0, 60, shuffle}, 60));
}

TEST(Shuffle, SurvivesARoundTripAndMustBePositive) {
    const Shuffle shuffle{.block = 40, .window = 1024};
    EXPECT_EQ(parse_shuffle(to_json(shuffle), "checkpoint").value(), shuffle);
    for (const char* text : {R"({"block":0,"window":1})", R"({"block":1,"window":-1})",
                             R"({"block":1})", R"({"block":"1","window":1})"}) {
        const auto parsed = parse_shuffle(json::parse_object(text, "x").value(), "the checkpoint");
        ASSERT_FALSE(parsed) << text;
        EXPECT_THAT(parsed.error().message, HasSubstr("the checkpoint"));
    }
}

}  // namespace
}  // namespace trilby::train
