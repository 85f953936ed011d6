// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/resample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::data {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<std::uint8_t> resampled(const Image& image, std::uint32_t side) {
    std::vector<std::uint8_t> pixels(std::size_t{side} * side * image.channels);
    resample_center(image, side, pixels);
    return pixels;
}

Image gray(std::uint32_t width, std::uint32_t height, std::vector<std::uint8_t> pixels) {
    return {.width = width, .height = height, .channels = 1, .pixels = std::move(pixels)};
}

TEST(ResampleCenter, CopiesASquareOfTheSameSize) {
    const Image image = gray(3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 255});
    EXPECT_THAT(resampled(image, 3), ElementsAreArray(image.pixels));
}

TEST(ResampleCenter, ShrinksToTheMeanOfTheCoveredArea) {
    EXPECT_THAT(resampled(gray(4, 4,
                               {0, 4, 8, 8,      //
                                4, 8, 8, 8,      //
                                100, 100, 1, 2,  //
                                100, 100, 3, 5}),
                          2),
                ElementsAre(4, 8, 100, 3));
    // A new pixel covers one and a half old ones.
    EXPECT_THAT(resampled(gray(3, 3, {0, 90, 180, 0, 90, 180, 0, 90, 180}), 2),
                ElementsAre(30, 150, 30, 150));
}

TEST(ResampleCenter, EnlargesByLinearInterpolation) {
    EXPECT_THAT(resampled(gray(2, 2, {0, 100, 0, 100}), 4),
                ElementsAreArray({0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100}));
    EXPECT_THAT(resampled(gray(1, 1, {7}), 3), Each(7));
}

TEST(ResampleCenter, KeepsOneValueAtEverySize) {
    for (const std::uint8_t value : {std::uint8_t{1}, std::uint8_t{254}, std::uint8_t{255}}) {
        const Image image = gray(37, 41, std::vector<std::uint8_t>(37 * 41, value));
        for (const std::uint32_t side : {1U, 7U, 36U, 37U, 38U, 100U}) {
            EXPECT_THAT(resampled(image, side), Each(value)) << side;
        }
    }
}

TEST(ResampleCenter, CutsOffTheEndsOfTheLongerSide) {
    EXPECT_THAT(resampled(gray(4, 2, {9, 1, 2, 9, 9, 3, 4, 9}), 2), ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(resampled(gray(1, 3, {9, 5, 9}), 1), ElementsAre(5));
}

TEST(ResampleCenter, KeepsChannelsApart) {
    const Image image{.width = 2,
                      .height = 2,
                      .channels = 3,
                      .pixels = {0, 10, 255, 4, 10, 255, 0, 10, 255, 4, 10, 255}};
    EXPECT_THAT(resampled(image, 1), ElementsAre(2, 10, 255));
}

}  // namespace
}  // namespace trilby::data
