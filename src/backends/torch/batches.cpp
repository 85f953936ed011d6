// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/batches.hpp"

#include <vector>

#include "base/random.hpp"

namespace trilby::backends {
namespace {

torch::Tensor borrow(std::span<const std::uint8_t> bytes, at::IntArrayRef shape) {
    // from_blob() takes a mutable pointer, but nothing writes through it.
    return torch::from_blob(const_cast<std::uint8_t*>(bytes.data()), shape, torch::kUInt8);
}

/// The index of the padded input pixel for every output pixel of every image of a batch.
torch::Tensor augmented_positions(std::int64_t count, const train::ImageLayout& layout,
                                  const train::DataSettings& settings, std::uint64_t seed) {
    const std::int64_t shift = settings.shift_pixels;
    const std::int64_t padded_width = layout.width + 2 * shift;
    SplitMix64 random(seed);
    auto positions = torch::empty({count, layout.height * layout.width}, torch::kInt64);
    std::int64_t* out = positions.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < count; ++i) {
        const auto span = static_cast<std::uint64_t>(2 * shift + 1);
        const auto down = static_cast<std::int64_t>(random.below(span));
        const auto right = static_cast<std::int64_t>(random.below(span));
        const bool is_mirrored = settings.horizontal_flip && random.below(2) == 1;
        for (std::int64_t y = 0; y < layout.height; ++y) {
            for (std::int64_t x = 0; x < layout.width; ++x) {
                const std::int64_t from_x = is_mirrored ? layout.width - 1 - x : x;
                *out++ = (y + down) * padded_width + from_x + right;
            }
        }
    }
    return positions;
}

}  // namespace

ImageSet::ImageSet(std::span<const std::uint8_t> pixels, std::span<const std::uint8_t> labels,
                   const train::ImageLayout& layout, const torch::Device& device)
    : layout_(layout) {
    const auto count = static_cast<std::int64_t>(labels.size());
    pixels_ = borrow(pixels, {count, layout.height * layout.width}).to(device);
    labels_ = borrow(labels, {count}).to(device, torch::kInt64);
}

ImageSet ImageSet::slice(std::int64_t first, std::int64_t last) const {
    ImageSet part;
    part.pixels_ = pixels_.slice(0, first, last);
    part.labels_ = labels_.slice(0, first, last);
    part.layout_ = layout_;
    return part;
}

Batch ImageSet::range(std::int64_t first, std::int64_t last) const {
    return {normalized(pixels_.slice(0, first, last)), labels_.slice(0, first, last)};
}

Batch ImageSet::augmented(std::span<const std::int64_t> indices,
                          const train::DataSettings& settings, std::uint64_t seed) const {
    const auto count = static_cast<std::int64_t>(indices.size());
    const torch::Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(indices.data()), {count}, torch::kInt64)
            .to(pixels_.device());
    torch::Tensor pixels = pixels_.index_select(0, chosen);
    if (settings.horizontal_flip || settings.shift_pixels > 0) {
        const std::int64_t shift = settings.shift_pixels;
        const auto padded =
            torch::constant_pad_nd(pixels.view({count, layout_.height, layout_.width}),
                                   {shift, shift, shift, shift})
                .view({count, -1});
        pixels = padded.gather(
            1, augmented_positions(count, layout_, settings, seed).to(pixels.device()));
    }
    return {normalized(pixels), labels_.index_select(0, chosen)};
}

torch::Tensor ImageSet::normalized(const torch::Tensor& pixels) const {
    constexpr double full_scale = 255.0;
    return pixels.to(torch::kFloat32)
        .sub_(full_scale * layout_.pixel_mean)
        .div_(full_scale * layout_.pixel_deviation)
        .view({-1, 1, layout_.height, layout_.width});
}

}  // namespace trilby::backends
