// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::data {

/// How the data at a path are read.
enum class Source : std::uint8_t { image_folder, idx_folder, separated_values, text };

/// A folder has images, in files of their own or in IDX files. A file is a table if its name ends
/// in .csv, .tsv or .tab, or if its first lines have the same number of columns, at least two;
/// otherwise it is text. ErrorCode::no_input or bad_data for what is none of these.
[[nodiscard]] Result<Source> source_at(const std::filesystem::path& path);

}  // namespace trilby::data
