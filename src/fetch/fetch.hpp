// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Fetches the files of a data set or a model.

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fetch/delivery.hpp"
#include "fetch/download.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

struct FetchOptions {
    std::filesystem::path folder;     ///< created if it is missing
    std::string folder_url;           ///< https, with a final slash
    std::filesystem::path from_file;  ///< to copy instead of a download; empty to download
    DownloadOptions download;
    std::string without_network;                     ///< how to get the files otherwise, for a hint
    std::function<void(const FileReport&)> on_file;  ///< called after each file
};

/// Fetches the files that `folder` lacks. The first error ends it; complete files stay.
[[nodiscard]] Result<std::vector<FileReport>> fetch_files(const train::Publication& publication,
                                                          const FetchOptions& options);

}  // namespace trilby::fetch
