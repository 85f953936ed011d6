// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trilby::train::images {

/// Per channel, of pixels scaled to 0..1.
struct PixelStatistics {
    std::vector<double> mean;
    std::vector<double> deviation;  ///< 1 where all pixels are alike
};

/// The channels of a pixel lie side by side.
[[nodiscard]] PixelStatistics pixel_statistics(std::span<const std::uint8_t> pixels,
                                               std::int64_t channels);

}  // namespace trilby::train::images
