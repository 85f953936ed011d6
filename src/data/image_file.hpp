// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PNG and JPEG files. Their decoders are libpng and libjpeg-turbo; what they decode is bounded.

#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::data {

enum class ImageFormat : std::uint8_t { png, jpeg };

struct ImageHeader {
    ImageFormat format = ImageFormat::png;
    std::uint32_t width = 0;  ///< pixels of the upright image
    std::uint32_t height = 0;
    bool is_gray = false;
};

struct Image {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t channels = 1;        ///< 1: gray, 3: red, green, blue
    std::vector<std::uint8_t> pixels;  ///< row by row, a pixel's channels side by side
};

/// What a decoder is to return.
struct ImageWish {
    std::uint32_t channels = 3;  ///< 1: gray, 3: red, green, blue
    /// A JPEG file is decoded at 1/2, 1/4 or 1/8 of its size, which is several times as fast, if
    /// its shorter side then still has this many pixels.
    std::uint32_t enough_pixels = std::numeric_limits<std::uint32_t>::max();
};

/// A whole file of at most 256 MiB.
[[nodiscard]] Result<std::string> read_image_file(const std::filesystem::path& path);

/// `path` is for messages. ErrorCode::bad_data for other formats, for damaged headers and for more
/// than 64 million pixels.
[[nodiscard]] Result<ImageHeader> read_image_header(std::string_view file,
                                                    const std::filesystem::path& path);

/// The upright image with 8 bits per channel. Transparent parts become black.
[[nodiscard]] Result<Image> decode_image(std::string_view file, const ImageWish& wish,
                                         const std::filesystem::path& path);

}  // namespace trilby::data
