// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/precision.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "base/random.hpp"

namespace trilby::validate {
namespace {

TEST(UnitRoundoff, IsHalfOfTheMachineEpsilon) {
    EXPECT_EQ(unit_roundoff(23), std::numeric_limits<float>::epsilon() / 2.0);
    EXPECT_EQ(unit_roundoff(52), std::numeric_limits<double>::epsilon() / 2.0);
}

TEST(SumError, HoldsForRealSumsInEitherDirection) {
    SplitMix64 random(1);
    const auto draw = [&] { return static_cast<float>(random.below(1 << 24)) * 0x1p-23F - 1.0F; };
    for (int trial = 0; trial < 200; ++trial) {
        const std::size_t terms = 2 + random.below(300);
        float sum = 0;
        double right = 0;
        double magnitude = 0;
        for (std::size_t i = 0; i < terms; ++i) {
            const float a = draw();
            const float b = draw();
            sum += a * b;
            right += static_cast<double>(a) * b;
            magnitude += std::abs(static_cast<double>(a) * b);
        }
        EXPECT_LE(std::abs(sum - right),
                  magnitude * sum_error(static_cast<double>(terms), unit_roundoff(23)));
    }
}

TEST(SumError, IsInfiniteIfNoDigitIsCertain) {
    EXPECT_EQ(sum_error(1000, unit_roundoff(7)), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace trilby::validate
