// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How a camera was held, as its JPEG files say in their Exif data.

#pragma once

#include <string_view>

namespace trilby::data {

/// How the stored pixels become an upright image: first the axes are exchanged, then mirrored.
struct Orientation {
    bool exchanges_axes = false;
    bool mirrors_x = false;  ///< in stored pixels
    bool mirrors_y = false;
    bool operator==(const Orientation&) const = default;
};

/// Upright for a JPEG file without Exif data, or with damaged ones.
[[nodiscard]] Orientation jpeg_orientation(std::string_view file);

}  // namespace trilby::data
