// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Downloads a data set.

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
    std::filesystem::path folder;  ///< created if it is missing
    std::string folder_url;        ///< https, with a final slash
    DownloadOptions download;
    std::function<void(const FileReport&)> on_file;  ///< called after each file
};

/// Fetches the files that `folder` lacks. The first error ends it; complete files stay.
[[nodiscard]] Result<std::vector<FileReport>> fetch_dataset(const train::Dataset& dataset,
                                                            const FetchOptions& options);

}  // namespace trilby::fetch
