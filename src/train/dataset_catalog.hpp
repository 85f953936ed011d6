// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The data sets that Trilby knows: what their files are, where they may lie, where they come from.

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

/// One file of a data set, as its publisher offers it.
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
    std::string_view debian_package;  ///< that holds it, or empty
    std::span<const DatasetFile> files;
    std::int64_t training_count = 0;  ///< images in the first two files
    std::int64_t test_count = 0;      ///< images in the last two
    std::int64_t height = 0;          ///< pixels
    std::int64_t width = 0;
    std::int64_t classes = 0;
    double pixel_mean = 0.0;  ///< of the training images, pixels scaled to 0..1
    double pixel_deviation = 1.0;
};

[[nodiscard]] std::span<const Dataset> datasets();

/// ErrorCode::usage, with the known names, if there is no such data set.
[[nodiscard]] Result<const Dataset*> find_dataset(std::string_view name);

/// Where a data set may lie, in the order of search: the user's own folder (which fetching fills),
/// this installation's, the distribution's.
[[nodiscard]] std::vector<std::filesystem::path> dataset_folders(const Dataset& dataset);

/// The folder that `trilby data fetch` fills.
[[nodiscard]] std::filesystem::path fetched_dataset_folder(const Dataset& dataset);

/// The first of dataset_folders() that holds every file, or `given` if the user named one.
/// ErrorCode::no_input names what was looked for and how to get it.
[[nodiscard]] Result<std::filesystem::path> locate_dataset(
    const Dataset& dataset, const std::optional<std::filesystem::path>& given);

}  // namespace trilby::train
