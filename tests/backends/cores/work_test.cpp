// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/work.hpp"

#include <gmock/gmock.h>
#include <set>

namespace trilby::cores {
namespace {

using ::testing::AnyOf;

class EveryWork : public ::testing::TestWithParam<Work> {};

// Whatever vector unit computes, the bits are those of plain code.
TEST_P(EveryWork, FindsWhatPlainCodeFinds) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Answer answer = GetParam().compute(seed);
        EXPECT_EQ(answer.first, GetParam().expect(seed)) << seed;
        EXPECT_EQ(answer.second, answer.first) << seed;
    }
}

// An answer that is always alike would hide a core that computes nothing.
TEST_P(EveryWork, HasAnAnswerOfItsOwnInEachLaneAndForEachSeed) {
    std::set<std::uint64_t> words;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const Lanes lanes = GetParam().expect(seed);
        words.insert(lanes.begin(), lanes.end());
    }
    EXPECT_EQ(words.size(), 8 * lane_count);
}

std::string test_name(const ::testing::TestParamInfo<Work>& info) {
    std::string name(info.param.name);
    std::ranges::replace(name, ' ', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cores, EveryWork,
                         ::testing::ValuesIn(known_work().begin(), known_work().end()), test_name);

TEST(VectorBits, AreThoseOfAVectorUnit) {
    EXPECT_THAT(vector_bits(), AnyOf(128, 256, 512));
}

}  // namespace
}  // namespace trilby::cores
