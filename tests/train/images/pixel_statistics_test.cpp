// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/pixel_statistics.hpp"

#include <array>
#include <cmath>
#include <gtest/gtest.h>

namespace trilby::train::images {
namespace {

TEST(PixelStatistics, AreThoseOfEachChannel) {
    constexpr std::array<std::uint8_t, 6> pixels{0, 51, 255, 51, 102, 255};
    const PixelStatistics two = pixel_statistics(pixels, 2);
    ASSERT_EQ(two.mean.size(), 2U);
    EXPECT_DOUBLE_EQ(two.mean[0], (0 + 1.0 + 0.4) / 3);
    EXPECT_DOUBLE_EQ(two.mean[1], (0.2 + 0.2 + 1.0) / 3);
    const double mean = two.mean[1];
    EXPECT_DOUBLE_EQ(two.deviation[1],
                     std::sqrt((2 * (0.2 - mean) * (0.2 - mean) + (1 - mean) * (1 - mean)) / 3));
}

TEST(PixelStatistics, DivideByOneWhereAllPixelsAreAlike) {
    constexpr std::array<std::uint8_t, 3> black{};
    EXPECT_EQ(pixel_statistics(black, 1).deviation, std::vector{1.0});
}

}  // namespace
}  // namespace trilby::train::images
