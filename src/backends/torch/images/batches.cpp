// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/images/batches.hpp"

#include <vector>

#include "backends/torch/array_tensor.hpp"
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
    : pixels_(tensor_of(arrays, "images").slice(0, range.first, range.last).to(device)),
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
    const torch::Device device = pixels_.device();
    const torch::Tensor chosen =
        torch::from_blob(const_cast<std::int64_t*>(indices.data()), {count}, torch::kInt64)
            .to(device);
    const torch::Tensor changes =
        draw_changes(settings, count, pixels_.size(1), pixels_.size(2), seed).to(device);
    torch::Tensor images = normalized(moved(pixels_.index_select(0, chosen), settings, changes));
    cut_out(images, settings, changes);
    return {std::move(images), labels_.index_select(0, chosen)};
}

torch::Tensor ImageSet::normalized(const torch::Tensor& pixels) const {
    return pixels.to(torch::kFloat32).sub_(mean_).div_(deviation_).permute({0, 3, 1, 2});
}

}  // namespace trilby::backends
