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

#include <trilby/result.hpp>

namespace trilby::train {

/// One file of a data set, as published.
struct DatasetFile {
    std::string_view name;
    std::uint64_t size_bytes;
    std::string_view sha256;
};

struct Dataset {
    std::string_view name;            ///< "fashion-mnist"
    std::string_view summary;         ///< one sentence
    std::string_view source_url;      ///< HTTPS folder of the publisher, with a final slash
    std::string_view license;         ///< SPDX
    std::string_view debian_package;  ///< the package with the data, or empty
    std::span<const DatasetFile> files;
    std::int64_t training_count = 0;  ///< images in the first two files
    std::int64_t test_count = 0;      ///< images in the last two
    std::int64_t height = 0;          ///< pixels
    std::int64_t width = 0;
    std::span<const std::string_view> classes = {};  ///< their names, by label
    double pixel_mean = 0.0;  ///< of the training images, pixels scaled to 0..1
    double pixel_deviation = 1.0;
};

[[nodiscard]] std::span<const Dataset> datasets();

/// ErrorCode::usage, with the known names, for an unknown data set.
[[nodiscard]] Result<const Dataset*> find_dataset(std::string_view name);

/// The folders to search, in this order: the user's (which fetching fills), this installation's,
/// the distribution's.
[[nodiscard]] std::vector<std::filesystem::path> dataset_folders(const Dataset& dataset);

/// The folder that `trilby data fetch` fills.
[[nodiscard]] std::filesystem::path fetched_dataset_folder(const Dataset& dataset);

/// The first of dataset_folders() that has every file, or `given` if the user gave one.
/// ErrorCode::no_input says where the search was and how to get the data; ErrorCode::io that a
/// folder could not be searched.
[[nodiscard]] Result<std::filesystem::path> locate_dataset(
    const Dataset& dataset, const std::optional<std::filesystem::path>& given);

}  // namespace trilby::train
