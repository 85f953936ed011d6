// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/precision.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
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

/// The largest error of sums of `terms` random products in float32, in units of `norm`.
double largest_error(int terms, const std::function<float(float)>& round) {
    SplitMix64 random(7);
    const auto draw = [&] { return static_cast<float>(random.below(1 << 24)) * 0x1p-23F - 1.0F; };
    double largest = 0;
    for (int trial = 0; trial < 200; ++trial) {
        float sum = 0;
        double exact = 0;
        double square = 0;
        for (int i = 0; i < terms; ++i) {
            const float x = draw();
            const float y = draw();
            sum = round(sum + x * y);
            exact += static_cast<double>(x) * y;
            square += static_cast<double>(y) * y;
        }
        largest = std::max(largest, std::abs(sum - exact) / std::sqrt(square));
    }
    return largest;
}

float unchanged(float value) {
    return value;
}

/// Clears the last bit of the mantissa: an error of up to two units, always toward zero.
float toward_zero(float value) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & ~1U);
}

TEST(RandomSumError, HoldsForRandomSums) {
    for (const int terms : {1, 10, 300, 3000}) {
        EXPECT_LE(largest_error(terms, unchanged),
                  random_sum_error(terms, unit_roundoff(23), 1, Rounding::to_nearest))
            << terms;
        EXPECT_LE(largest_error(terms, toward_zero),
                  random_sum_error(terms, unit_roundoff(23), 1, Rounding::any))
            << terms;
    }
}

// 3000 terms of at most 1 have a magnitude of about 3000 / 4, and their factors a norm of
// sqrt(1000).
TEST(RandomSumError, IsMuchTighterThanTheBoundOfAnySum) {
    EXPECT_LT(random_sum_error(3000, unit_roundoff(23), std::sqrt(1000.0), Rounding::to_nearest),
              sum_error(3000, unit_roundoff(23)) * 750 / 10);
}

}  // namespace
}  // namespace trilby::validate
