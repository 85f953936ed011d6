// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Batches cut from images that stay in memory as bytes: one gather and one normalization per batch
/// instead of one per image.

#pragma once

#include <cstdint>
#include <span>
#include <torch/torch.h>

#include "backends/torch/data_rows.hpp"
#include "data/part.hpp"
#include "train/images/data.hpp"
#include "train/images/settings.hpp"
#include "train/shared_arrays.hpp"

namespace trilby::backends {

struct ImageBatch {
    torch::Tensor images;  ///< N x channels x height x width, float32, normalized, channels last
    torch::Tensor labels;  ///< N, int64
};

/// Consecutive images and their labels on the device.
class ImageSet {
  public:
    /// `arrays` must outlive the set.
    ImageSet(const train::SharedArrays& arrays, const data::Range& range,
             const train::images::Schema& schema, const torch::Device& device);

    [[nodiscard]] std::int64_t size() const { return labels_.size(); }

    [[nodiscard]] torch::Tensor labels() const { return labels_.between(0, size()); }
    [[nodiscard]] ImageBatch range(std::int64_t first, std::int64_t last) const;
    /// Chosen images, changed at random as the recipe says and by `seed`.
    [[nodiscard]] ImageBatch augmented(std::span<const std::int64_t> indices,
                                       const train::images::Settings& settings,
                                       std::uint64_t seed) const;

  private:
    [[nodiscard]] torch::Tensor normalized(const torch::Tensor& pixels) const;

    torch::Device device_;
    DataRows pixels_;     ///< N x height x width x channels, uint8
    DataRows labels_;     ///< N, int64
    torch::Tensor mean_;  ///< per channel, of pixels from 0 to 255
    torch::Tensor deviation_;
};

}  // namespace trilby::backends
