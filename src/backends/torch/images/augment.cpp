// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/augment.hpp"

#include "base/random.hpp"

namespace trilby::backends {
namespace {

/// The rows of the changes.
enum Change : std::int64_t { down, right, is_mirrored, cut_top, cut_left, change_count };

/// A change as a number per image that is broadcast over the other dimensions.
torch::Tensor per_image(const torch::Tensor& changes, Change change, std::int64_t dimensions) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(dimensions), 1);
    shape[0] = -1;
    return changes[change].view(shape);
}

}  // namespace

torch::Tensor draw_changes(const train::images::Settings& settings, std::int64_t count,
                           std::int64_t height, std::int64_t width, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto below = [&](std::int64_t bound) {
        return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
    };
    torch::Tensor changes = torch::zeros({change_count, count}, torch::kInt64);
    auto values = changes.accessor<std::int64_t, 2>();
    for (std::int64_t i = 0; i < count; ++i) {
        values[down][i] = below(2 * settings.shift_pixels + 1);
        values[right][i] = below(2 * settings.shift_pixels + 1);
        if (settings.horizontal_flip) {
            values[is_mirrored][i] = below(2);
        }
        if (settings.cutout_pixels > 0) {  // the center is anywhere in the image
            values[cut_top][i] = below(height) - settings.cutout_pixels / 2;
            values[cut_left][i] = below(width) - settings.cutout_pixels / 2;
        }
    }
    return changes;
}

torch::Tensor moved(const torch::Tensor& pixels, const train::images::Settings& settings,
                    const torch::Tensor& changes) {
    if (!settings.horizontal_flip && settings.shift_pixels == 0) {
        return pixels;
    }
    const std::int64_t shift = settings.shift_pixels;
    const std::int64_t height = pixels.size(1);
    const std::int64_t width = pixels.size(2);
    const std::int64_t channels = pixels.size(3);
    const auto whole = torch::TensorOptions().dtype(torch::kInt64).device(pixels.device());
    const torch::Tensor y = torch::arange(height, whole).view({1, height, 1});
    const torch::Tensor x = torch::arange(width, whole).view({1, 1, width});
    // The row and the column in the padded image from which a pixel comes.
    const torch::Tensor row = y + per_image(changes, down, 3);
    const torch::Tensor column =
        x + per_image(changes, is_mirrored, 3) * (width - 1 - 2 * x) + per_image(changes, right, 3);
    const torch::Tensor positions =
        (row * (width + 2 * shift) + column).view({-1, height * width, 1});
    return torch::constant_pad_nd(pixels, {0, 0, shift, shift, shift, shift})
        .flatten(1, 2)
        .gather(1, positions.expand({-1, -1, channels}))
        .view(pixels.sizes());
}

void cut_out(torch::Tensor& images, const train::images::Settings& settings,
             const torch::Tensor& changes) {
    if (settings.cutout_pixels == 0) {
        return;
    }
    const std::int64_t height = images.size(2);
    const std::int64_t width = images.size(3);
    const auto whole = torch::TensorOptions().dtype(torch::kInt64).device(images.device());
    const torch::Tensor y = torch::arange(height, whole).view({1, 1, height, 1});
    const torch::Tensor x = torch::arange(width, whole).view({1, 1, 1, width});
    const auto is_inside = [&](const torch::Tensor& from_edge) {
        return from_edge.ge(0).logical_and_(from_edge.lt(settings.cutout_pixels));
    };
    images.masked_fill_(is_inside(y - per_image(changes, cut_top, 4))
                            .logical_and(is_inside(x - per_image(changes, cut_left, 4))),
                        0);
}

}  // namespace trilby::backends
