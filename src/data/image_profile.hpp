// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the headers of a folder's images say.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/image_folder.hpp"

namespace trilby::data {

struct ImageProfile {
    std::uint64_t images = 0;
    std::uint64_t examined = 0;  ///< images that were opened, evenly spread
    // Of those examined.
    std::uint64_t damaged = 0;
    std::string first_damage;            ///< its message
    std::vector<std::uint32_t> widths;   ///< ascending, of upright images
    std::vector<std::uint32_t> heights;  ///< ascending
    std::uint32_t median_side = 0;       ///< of the shorter sides; 0 if all are damaged
    bool has_colors = false;
};

/// Opens at most 1,000 images.
[[nodiscard]] ImageProfile profile_images(const ImageFolder& folder);

}  // namespace trilby::data
