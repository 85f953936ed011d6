// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Image files as pixels of one size, as networks take them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::data {

struct PixelFormat {
    std::uint32_t side = 0;      ///< images are squares of side x side pixels
    std::uint32_t channels = 1;  ///< 1: gray, 3: red, green, blue

    [[nodiscard]] std::size_t size_bytes() const { return std::size_t{side} * side * channels; }
};

/// Decodes a file and scales the square in its center, as resample_center() does, into
/// `format.size_bytes()` bytes: row by row, a pixel's channels side by side.
[[nodiscard]] Result<void> read_pixels(const std::filesystem::path& path, const PixelFormat& format,
                                       std::span<std::uint8_t> to);

/// Which of many files could be decoded.
struct DecodedFiles {
    std::vector<std::size_t> kept;      ///< positions among the files, ascending
    std::optional<Error> first_damage;  ///< of the first file that is left out
};

/// Decodes files on all CPUs. `to` has room for all of them; the images that are kept follow each
/// other from its start.
[[nodiscard]] DecodedFiles read_all_pixels(std::span<const std::filesystem::path> files,
                                           const PixelFormat& format, std::span<std::uint8_t> to);

/// Whether more than a tenth of `files` files is damaged, or no file is left.
[[nodiscard]] bool has_too_much_damage(const DecodedFiles& decoded, std::size_t files);

/// ErrorCode::bad_data, with the first damage, for too much of it.
[[nodiscard]] Result<void> check_damage(const DecodedFiles& decoded, std::size_t files);

}  // namespace trilby::data
