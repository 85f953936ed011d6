// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The IDX format of MNIST and similar data sets, plain or gzip: a big-endian header (two zero
/// bytes, element type, number of dimensions, one 32-bit size for each), then the elements.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "data/gzip_file.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// An open file of unsigned bytes whose header has been read and checked.
class IdxFile {
  public:
    [[nodiscard]] static Result<IdxFile> open(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }
    /// The outermost dimension comes first.
    [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
    /// Product of the shape; at most 4 GiB.
    [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

    /// Reads all elements into `elements`, of size_bytes(), and checks that the file ends there and
    /// that its gzip checksum is correct. Call it once.
    [[nodiscard]] Result<void> read(std::span<std::byte> elements);

    /// Reads the next elements in place of all. ErrorCode::bad_data if the file ends before.
    [[nodiscard]] Result<void> read_next(std::span<std::byte> elements);
    /// Checks that the file ends here and that its gzip checksum is correct.
    [[nodiscard]] Result<void> expect_end();

  private:
    explicit IdxFile(GzipFile file) : file_(std::move(file)) {}

    Result<void> read_header();
    Result<void> read_exactly(std::span<std::byte> bytes, std::string_view what);

    GzipFile file_;
    std::vector<std::int64_t> shape_;
    std::size_t size_bytes_ = 0;
};

}  // namespace trilby::data
