// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/part.hpp"
#include "data/pixels.hpp"
#include "train/images/data.hpp"
#include "train/images/settings.hpp"
#include "train/metrics.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// The pixels that a network for square images takes, for data::read_all_pixels().
[[nodiscard]] data::PixelFormat pixel_format(const Schema& schema);

/// Arrays for `count` images, as in train/images/data.hpp.
[[nodiscard]] Result<SharedArrays> reserve_images(std::size_t count, const Schema& schema);

/// A sentence about damaged files that are left out, or nothing.
[[nodiscard]] std::vector<std::string> notes_on_damage(const data::DecodedFiles& decoded,
                                                       std::size_t files);

/// "split: validation is 10 % of each class, test is a folder of its own; split_seed 1". The texts
/// say where the images of a part are; they are empty for a share of the training images.
[[nodiscard]] std::string note_on_split(const Settings& settings, std::string_view own_validation,
                                        std::string_view own_test);

/// The metrics, on the test part, of always guessing the class with the most training images.
[[nodiscard]] Baseline most_frequent_class(std::span<const std::int32_t> labels,
                                           const data::Parts& parts);

/// The images of the user's own folder, decoded. ErrorCode::bad_data where the folder, its images
/// or the recipe do not fit, or the images are larger than the memory that is available.
[[nodiscard]] Result<PreparedData> prepare_folder(const Settings& settings, const Recipe& recipe);

}  // namespace trilby::train::images
