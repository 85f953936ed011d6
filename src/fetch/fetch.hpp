// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A whole data set, from its publisher into a folder.

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fetch/download.hpp"
#include "train/dataset_catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

struct FetchOptions {
    std::filesystem::path folder;  ///< made if it is missing
    std::string folder_url;        ///< https, with a final slash
    DownloadOptions download;
    std::function<void(const FileReport&)> on_file;  ///< told after each file
};

/// Fetches what `folder` lacks, file by file. The first error ends it; what is complete stays.
[[nodiscard]] Result<std::vector<FileReport>> fetch_dataset(const train::Dataset& dataset,
                                                            const FetchOptions& options);

}  // namespace trilby::fetch
