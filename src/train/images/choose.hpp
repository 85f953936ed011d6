// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// All settings for images, from what a folder, IDX files or a known data set holds.

#pragma once

#include <filesystem>

#include "data/idx_folder.hpp"
#include "data/image_folder.hpp"
#include "train/choice.hpp"
#include "train/dataset_catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// Opens some of the images. The settings give a run of one to three minutes on two CPUs, unless
/// there are very many images. ErrorCode::usage for a target, because the classes are known.
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path,
                                    const data::ImageFolder& folder, const Wishes& wishes);
[[nodiscard]] Result<Choice> choose(const std::filesystem::path& path,
                                    const data::IdxFolder& folder, const Wishes& wishes);

/// The same for a data set of images, without reading it. A twelfth of the training images is held
/// out for validation.
[[nodiscard]] Result<Choice> choose(const Dataset& dataset, const Wishes& wishes);

}  // namespace trilby::train::images
