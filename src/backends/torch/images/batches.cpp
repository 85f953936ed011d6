// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/batches.hpp"

#include <vector>

#include "backends/torch/array_tensor.hpp"
#include "base/random.hpp"

namespace trilby::backends {
namespace {

constexpr double full_scale = 255.0;

/// In the scale of bytes.
torch::Tensor per_channel(const std::vector<double>& values, const torch::Device& device) {
    return torch::tensor(values, torch::kFloat64).mul_(full_scale).to(device, torch::kFloat32);
}

struct Augmentation {
    std::int64_t height;
    std::int64_t width;
    std::int64_t shift;
    bool flips;
};

/// The index of the padded input pixel for every output pixel of every image of a batch.
torch::Tensor augmented_positions(std::int64_t count, const Augmentation& how, std::uint64_t seed) {
    const std::int64_t padded_width = how.width + 2 * how.shift;
    SplitMix64 random(seed);
    auto positions = torch::empty({count, how.height * how.width}, torch::kInt64);
    std::int64_t* out = positions.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < count; ++i) {
        const auto span = static_cast<std::uint64_t>(2 * how.shift + 1);
        const auto down = static_cast<std::int64_t>(random.below(span));
        const auto right = static_cast<std::int64_t>(random.below(span));
        const bool is_mirrored = how.flips && random.below(2) == 1;
        for (std::int64_t y = 0; y < how.height; ++y) {
            for (std::int64_t x = 0; x < how.width; ++x) {
                const std::int64_t from_x = is_mirrored ? how.width - 1 - x : x;
                *out++ = (y + down) * padded_width + from_x + right;
            }
        }
    }
    return positions;
}

}  // namespace

ImageSet::ImageSet(const train::SharedArrays& arrays, const data::Range& range,
                   const train::images::Schema& schema, const torch::Device& device)
    : height_(schema.height),
      width_(schema.width),
      channels_(schema.channels),
      pixels_(tensor_of(arrays, "images").slice(0, range.first, range.last).flatten(1).to(device)),
      labels_(
          tensor_of(arrays, "labels").slice(0, range.first, range.last).to(device, torch::kInt64)),
      mean_(per_channel(schema.mean, device)),
      deviation_(per_channel(schema.deviation, device)) {}

ImageBatch ImageSet::range(std::int64_t first, std::int64_t last) const {
    return {normalized(pixels_.slice(0, first, last)), labels_.slice(0, first, last)};
}

ImageBatch ImageSet::augmented(std::span<const std::int64_t> indices,
                               const train::images::Settings& settings, std::uint64_t seed) const {
    const auto count = static_cast<std::int64_t>(indices.size());
    const torch::Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(indices.data()), {count}, torch::kInt64)
            .to(pixels_.device());
    torch::Tensor pixels = pixels_.index_select(0, chosen);
    if (settings.horizontal_flip || settings.shift_pixels > 0) {
        const std::int64_t shift = settings.shift_pixels;
        const torch::Tensor positions =
            augmented_positions(count, {height_, width_, shift, settings.horizontal_flip}, seed)
                .to(pixels.device());
        pixels =
            torch::constant_pad_nd(pixels.view({count, height_, width_, channels_}),
                                   {0, 0, shift, shift, shift, shift})
                .view({count, -1, channels_})
                .gather(1, positions.unsqueeze(2).expand({count, height_ * width_, channels_}));
    }
    return {normalized(pixels), labels_.index_select(0, chosen)};
}

torch::Tensor ImageSet::normalized(const torch::Tensor& pixels) const {
    return pixels.view({-1, height_, width_, channels_})
        .to(torch::kFloat32)
        .sub_(mean_)
        .div_(deviation_)
        .permute({0, 3, 1, 2});
}

}  // namespace trilby::backends
