// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/augment.hpp"

#include <gtest/gtest.h>

namespace trilby::backends {
namespace {

using train::images::Settings;

constexpr std::int64_t count = 200;

/// Images, N x height x width x channels, whose pixels are all different and not 0.
torch::Tensor made_pixels(std::int64_t height, std::int64_t width, std::int64_t channels) {
    const std::int64_t values = height * width * channels;
    return torch::arange(1, values + 1, torch::kUInt8)
        .view({1, height, width, channels})
        .repeat({count, 1, 1, 1});
}

torch::Tensor moved_by(const Settings& settings, const torch::Tensor& pixels, std::uint64_t seed) {
    return moved(pixels, settings,
                 draw_changes(settings, count, pixels.size(1), pixels.size(2), seed));
}

TEST(Augment, MirrorsAboutHalfOfTheImages) {
    const torch::Tensor pixels = made_pixels(3, 4, 3);
    const torch::Tensor changed = moved_by({.horizontal_flip = true}, pixels, 1);
    std::int64_t mirrored = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const bool is_mirrored = torch::equal(changed[i], pixels[i].flip(1));
        EXPECT_TRUE(is_mirrored || torch::equal(changed[i], pixels[i]));
        mirrored += is_mirrored ? 1 : 0;
    }
    EXPECT_GT(mirrored, count * 2 / 5);
    EXPECT_LT(mirrored, count * 3 / 5);
}

TEST(Augment, ShiftsByEveryDistanceAndFillsWithZero) {
    const torch::Tensor pixels = made_pixels(3, 3, 3);
    const torch::Tensor changed = moved_by({.shift_pixels = 1}, pixels, 1);
    std::vector<int> seen(9, 0);
    for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t down = 0; down < 3; ++down) {
            for (std::int64_t right = 0; right < 3; ++right) {
                const torch::Tensor shifted = torch::constant_pad_nd(pixels[i], {0, 0, 1, 1, 1, 1})
                                                  .slice(0, down, down + 3)
                                                  .slice(1, right, right + 3);
                seen[static_cast<std::size_t>(down * 3 + right)] +=
                    torch::equal(changed[i], shifted) ? 1 : 0;
            }
        }
    }
    int total = 0;
    for (const int times : seen) {
        EXPECT_GT(times, 0);
        total += times;
    }
    EXPECT_EQ(total, count);
}

TEST(Augment, ReturnsThePixelsThemselvesWithoutSettings) {
    const torch::Tensor pixels = made_pixels(2, 2, 1);
    EXPECT_TRUE(moved_by({}, pixels, 1).is_same(pixels));
}

TEST(Augment, FollowsFromTheSeed) {
    const Settings all{.horizontal_flip = true, .shift_pixels = 2, .cutout_pixels = 3};
    EXPECT_TRUE(torch::equal(draw_changes(all, count, 8, 8, 7), draw_changes(all, count, 8, 8, 7)));
    EXPECT_FALSE(
        torch::equal(draw_changes(all, count, 8, 8, 7), draw_changes(all, count, 8, 8, 8)));
}

TEST(Augment, CutsOutASquareThatTheBorderMayClip) {
    const Settings settings{.cutout_pixels = 2};
    const torch::Tensor changes = draw_changes(settings, count, 4, 5, 1);
    torch::Tensor images = torch::ones({count, 3, 4, 5});
    cut_out(images, settings, changes);
    const torch::Tensor removed = images.eq(0).sum({1, 2, 3}).div(3);
    EXPECT_TRUE(
        removed.eq(1).logical_or(removed.eq(2)).logical_or(removed.eq(4)).all().item<bool>());
    EXPECT_TRUE(removed.eq(4).any().item<bool>());
    // The channels of a pixel share their fate, and every pixel is hit at some time.
    EXPECT_TRUE(torch::equal(images.select(1, 0), images.select(1, 2)));
    EXPECT_TRUE(images.select(1, 0).eq(0).any(0).all().item<bool>());
}

}  // namespace
}  // namespace trilby::backends
