// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a text file in pieces, decompressed and without its byte order mark.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/gzip_file.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

class TextFile {
  public:
    /// ErrorCode::no_input or bad_data as GzipFile::open().
    [[nodiscard]] static Result<TextFile> open(const std::filesystem::path& path);

    /// The next piece, valid until the next call; empty at the end. A piece does not end inside a
    /// character of UTF-8. ErrorCode::bad_data for known binary formats.
    [[nodiscard]] Result<std::string_view> next();

  private:
    explicit TextFile(GzipFile file) : file_(std::move(file)) {}

    GzipFile file_;
    std::string buffer_;
    std::size_t given_bytes_ = 0;  ///< of the buffer, by the last call
    bool is_start_ = true;
    bool is_end_ = false;
};

}  // namespace trilby::data
