// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>

#include "data/image_file.hpp"

namespace trilby::data {

/// The largest square in the center of an image, with side x side pixels: the shorter side is
/// scaled, and the ends of the longer side are cut off. Shrinking takes the mean of the area that a
/// pixel covers, enlarging interpolates linearly. `to` has side * side * image.channels bytes.
void resample_center(const Image& image, std::uint32_t side, std::span<std::uint8_t> to);

}  // namespace trilby::data
