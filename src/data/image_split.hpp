// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "data/image_folder.hpp"
#include "data/part.hpp"
#include "data/split.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// All files of a folder, those of a part one after the other.
struct SplitImages {
    std::vector<std::filesystem::path> files;
    std::vector<std::int32_t> labels;  ///< the position of the class in ImageFolder::classes
    Parts parts;
};

/// ErrorCode::bad_data for a part without images.
[[nodiscard]] Result<void> check_parts(const Parts& parts);

/// Takes the parts that the folder does not have from the training images: the same fraction of
/// every class, at least one image but never the last one, at random by `seed`. ErrorCode::bad_data
/// if a part then has no image.
[[nodiscard]] Result<SplitImages> split_images(const ImageFolder& folder,
                                               const SplitFractions& fractions, std::uint64_t seed);

/// Removes all files but those at the ascending positions `kept`. ErrorCode::bad_data if a part
/// then has no image.
[[nodiscard]] Result<void> keep_only(std::span<const std::size_t> kept, SplitImages& images);

}  // namespace trilby::data
