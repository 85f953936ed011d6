// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PNG files in memory. Errors are ErrorCode::bad_data and say why, but not which file it is.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/image_file.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

[[nodiscard]] bool is_png(std::string_view file);
[[nodiscard]] Result<ImageHeader> read_png_header(std::string_view file);
[[nodiscard]] Result<Image> decode_png(std::string_view file, std::uint32_t channels);
/// A file with 8 bits per channel.
[[nodiscard]] Result<std::string> encode_png(const Image& image);

}  // namespace trilby::data
