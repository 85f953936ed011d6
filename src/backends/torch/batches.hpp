// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Batches cut from images that stay in memory as bytes: one gather and one normalization per batch
/// instead of one per image.

#pragma once

#include <cstdint>
#include <span>
#include <torch/torch.h>

#include "train/image_data.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

struct Batch {
    torch::Tensor images;  ///< N x 1 x height x width, float32, normalized
    torch::Tensor labels;  ///< N, int64
};

/// Consecutive images and their labels on the device.
class ImageSet {
  public:
    /// `pixels` and `labels` must outlive the set if `device` is the CPU: they are not copied.
    ImageSet(std::span<const std::uint8_t> pixels, std::span<const std::uint8_t> labels,
             const train::ImageLayout& layout, const torch::Device& device);

    [[nodiscard]] std::int64_t size() const { return labels_.size(0); }
    /// The images first..last-1 as another set.
    [[nodiscard]] ImageSet slice(std::int64_t first, std::int64_t last) const;

    [[nodiscard]] Batch range(std::int64_t first, std::int64_t last) const;
    /// Chosen images, mirrored and moved at random by the recipe and `seed`.
    [[nodiscard]] Batch augmented(std::span<const std::int64_t> indices,
                                  const train::DataSettings& settings, std::uint64_t seed) const;

  private:
    ImageSet() = default;
    [[nodiscard]] torch::Tensor normalized(const torch::Tensor& pixels) const;

    torch::Tensor pixels_;  ///< N x (height * width), uint8
    torch::Tensor labels_;  ///< N, int64
    train::ImageLayout layout_;
};

}  // namespace trilby::backends
