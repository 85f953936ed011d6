// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A file that the user has already, in place of a download.

#pragma once

#include <filesystem>

#include "fetch/delivery.hpp"
#include "fetch/download.hpp"

namespace trilby::fetch {

/// Copies `original` to `folder` if it is the publisher's file. ErrorCode::no_input if it cannot be
/// read, and bad_data if it is another file; a part of an earlier download is then kept. Of the
/// options, only the interrupts and the progress are used.
[[nodiscard]] Result<FileReport> copy_file(const train::PublishedFile& file,
                                           const std::filesystem::path& original,
                                           const std::filesystem::path& folder,
                                           const DownloadOptions& options);

}  // namespace trilby::fetch
