// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// JPEG files in memory. Errors are ErrorCode::bad_data and say why, but not which file it is.

#pragma once

#include <string_view>

#include "data/image_file.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

[[nodiscard]] bool is_jpeg(std::string_view file);
[[nodiscard]] Result<ImageHeader> read_jpeg_header(std::string_view file);
[[nodiscard]] Result<Image> decode_jpeg(std::string_view file, const ImageWish& wish);

}  // namespace trilby::data
