// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/pinned.hpp"

#include <array>
#include <gmock/gmock.h>

#include "backends/cores/work.hpp"

namespace trilby::cores {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::array<std::uint64_t, 2> seeds{5, 6};

CpuPlace here() {
    return usable_places(platform::FileTree()).back();
}

FoundWords found_here(unsigned repetitions = 1) {
    return compute_on({here()}, seeds, repetitions).front();
}

TEST(Pinned, EachCpuOfAGroupFindsTheExpectedWords) {
    const ExpectedWords expected = expect_on(here(), seeds);
    const auto found = compute_on({here(), here()}, seeds, 3);  // as two threads of a core would
    ASSERT_THAT(found, SizeIs(2));
    for (const FoundWords& one : found) {
        EXPECT_TRUE(one.is_usable);
        EXPECT_THAT(one.first, SizeIs(3 * seeds.size() * known_work().size() * lane_count));
        const auto result = compare(one, expected, "with all CPUs");
        EXPECT_EQ(result.wrong, 0U);
        EXPECT_EQ(result.values, 2 * one.first.size());
    }
}

TEST(Pinned, ACpuToWhichNoThreadCanBeMovedFindsNothing) {
    const auto found = compute_on({{.cpu = 65'000}}, seeds, 1);
    EXPECT_FALSE(found.front().is_usable);
    EXPECT_THAT(found.front().first, IsEmpty());
}

// Both computations are wrong alike, as those of a unit that always errs.
TEST(Pinned, AWrongWordIsReportedWithCpuWorkAndLane) {
    FoundWords found = found_here(2);
    const std::size_t matrix = 5;
    const std::size_t index = (3 * known_work().size() + matrix) * lane_count + 7;
    found.place = {.cpu = 9, .core = "4", .package = "1", .siblings = "9,73"};
    found.first[index] ^= 1U << 12U;
    found.second[index] ^= 1U << 12U;
    const ExpectedWords expected = expect_on(here(), seeds);
    const auto result = compare(found, expected, "alone and cold");
    ASSERT_EQ(result.wrong, 1U);
    const validate::Mismatch& mismatch = result.mismatches.front();
    EXPECT_EQ(mismatch.where,
              "CPU 9 (core 4 of package 1, SMT siblings 9,73), alone and cold: matrix products, "
              "lane 7, against plain code on CPU " +
                  std::to_string(here().cpu));
    EXPECT_NE(mismatch.expected_bits, mismatch.found_bits);
    EXPECT_EQ(result.what, "CPU 9");
}

TEST(Pinned, AWordThatDiffersBetweenTheTwoComputationsIsReportedAsSuch) {
    FoundWords found = found_here();
    found.second.back() ^= 1U;
    const auto result = compare(found, expect_on(here(), seeds), "alone and cold");
    ASSERT_EQ(result.wrong, 1U);
    EXPECT_THAT(result.mismatches.front().where,
                AllOf(HasSubstr("copies of memory, lane 15"), HasSubstr("in one thread")));
}

TEST(Pinned, ManyWrongWordsAreCountedButNotAllDescribed) {
    FoundWords found = found_here();
    for (std::uint64_t& word : found.first) {
        word = ~word;
    }
    const auto result = compare(found, expect_on(here(), seeds), "alone and cold");
    EXPECT_EQ(result.wrong, 2 * found.first.size());
    EXPECT_THAT(result.mismatches, SizeIs(validate::most_mismatches));
}

}  // namespace
}  // namespace trilby::cores
