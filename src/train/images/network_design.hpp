// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "train/layers.hpp"

namespace trilby::train::images {

/// A convolutional network that learns from a few hundred images as well as from many: each stage
/// halves the sides and doubles the channels, until about 4 x 4 pixels are left.
[[nodiscard]] std::vector<Layer> design_network(const Shape& image, std::int64_t classes);

/// The multiplications of a forward pass; `layers` must accept `image`.
[[nodiscard]] std::int64_t count_multiplications(std::span<const Layer> layers, const Shape& image);

}  // namespace trilby::train::images
