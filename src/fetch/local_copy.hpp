// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A file that the user has already, in place of a download.

#pragma once

#include <filesystem>

#include "fetch/delivery.hpp"
#include "fetch/download.hpp"

namespace trilby::fetch {

/// Copies `original`, which must be `file`, to `folder`. ErrorCode::no_input: there is no such file
/// to read; ErrorCode::bad_data: it is another one. Then a part of an earlier download is kept. Of
/// the options, only the interrupts and the progress are used.
[[nodiscard]] Result<FileReport> copy_file(const train::PublishedFile& file,
                                           const std::filesystem::path& original,
                                           const std::filesystem::path& folder,
                                           const DownloadOptions& options);

}  // namespace trilby::fetch
