// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/batches.hpp"

#include <vector>

#include "backends/torch/images/augment.hpp"

namespace trilby::backends {
namespace {

constexpr double full_scale = 255.0;

/// In the scale of bytes.
torch::Tensor per_channel(const std::vector<double>& values, const torch::Device& device) {
    return torch::tensor(values, torch::kFloat64).mul_(full_scale).to(device, torch::kFloat32);
}

}  // namespace

ImageSet::ImageSet(const train::SharedArrays& arrays, const data::Range& range,
                   const train::images::Schema& schema, const torch::Device& device)
    : device_(device),
      pixels_(arrays, "images", range, device, torch::kUInt8),
      labels_(arrays, "labels", range, device, torch::kInt64),
      mean_(per_channel(schema.mean, device)),
      deviation_(per_channel(schema.deviation, device)) {}

ImageBatch ImageSet::range(std::int64_t first, std::int64_t last) const {
    return {normalized(pixels_.between(first, last)), labels_.between(first, last)};
}

ImageBatch ImageSet::augmented(std::span<const std::int64_t> indices,
                               const train::images::Settings& settings, std::uint64_t seed) const {
    const auto count = static_cast<std::int64_t>(indices.size());
    const torch::Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(indices.data()), {count}, torch::kInt64)
            .to(pixels_.place());
    const torch::Tensor pixels = pixels_.at(chosen);
    const torch::Tensor changes =
        draw_changes(settings, count, pixels.size(1), pixels.size(2), seed).to(device_);
    torch::Tensor images = normalized(moved(pixels, settings, changes));
    cut_out(images, settings, changes);
    return {std::move(images), labels_.at(chosen)};
}

torch::Tensor ImageSet::normalized(const torch::Tensor& pixels) const {
    return pixels.to(torch::kFloat32).sub_(mean_).div_(deviation_).permute({0, 3, 1, 2});
}

}  // namespace trilby::backends
