// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The data sets that Trilby knows: their files, their folders and their publishers.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/publication.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// What the files of labeled images hold: two of training images, then two of test images, each
/// pair with the pixels first.
struct LabeledImages {
    std::int64_t training_count = 0;
    std::int64_t test_count = 0;
    std::int64_t height = 0;  ///< pixels
    std::int64_t width = 0;
    std::span<const std::string_view> classes = {};  ///< their names, by label
    double pixel_mean = 0.0;  ///< of the training images, pixels scaled to 0..1
    double pixel_deviation = 1.0;
};

struct Dataset : Publication {
    std::string_view debian_package = {};      ///< the package with the data, or empty
    std::optional<LabeledImages> images = {};  ///< if that is what the files hold
};

[[nodiscard]] std::span<const Dataset> datasets();

/// ErrorCode::usage, with the known names, for an unknown data set.
[[nodiscard]] Result<const Dataset*> find_dataset(std::string_view name);

/// The folders to search, in this order: the user's (which fetching fills), this installation's,
/// the distribution's.
[[nodiscard]] std::vector<std::filesystem::path> dataset_folders(const Dataset& dataset);

/// The first of dataset_folders() that has every file, or `given` if the user gave one.
/// ErrorCode::no_input names the folders that were searched, and says how to get the data;
/// ErrorCode::io if a folder could not be searched.
[[nodiscard]] Result<std::filesystem::path> locate_dataset(
    const Dataset& dataset, const std::optional<std::filesystem::path>& given);

}  // namespace trilby::train
