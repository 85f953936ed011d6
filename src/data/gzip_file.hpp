// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a file and decompresses it if it is gzip (RFC 1952). zlib's own gzread() is not used:
/// since 1.3.2 it no longer reports a truncated file.

#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// ErrorCode::bad_data for a data file; `why` is the predicate: "ends in the middle of its header".
[[nodiscard]] std::unexpected<Error> corrupt_file(const std::filesystem::path& path,
                                                  std::string_view why);

class GzipFile {
  public:
    /// ErrorCode::no_input if it cannot be opened, bad_data if it is not a regular file.
    [[nodiscard]] static Result<GzipFile> open(const std::filesystem::path& path);
    GzipFile(GzipFile&&) noexcept;
    GzipFile& operator=(GzipFile&&) noexcept;
    ~GzipFile();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Fills `bytes` and returns the count, which is smaller only at the end of the file.
    /// ErrorCode::bad_data if the gzip stream is corrupt or truncated.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes);

  private:
    struct Inflater;
    GzipFile(platform::FileDescriptor file, std::filesystem::path path);

    Result<void> detect_gzip();
    Result<std::size_t> read_file(std::span<std::byte> bytes);
    Result<std::size_t> decompress(std::span<std::byte> bytes);
    /// False at the end of the file.
    Result<bool> refill();

    platform::FileDescriptor file_;
    std::filesystem::path path_;
    std::unique_ptr<Inflater> inflater_;  ///< null for an uncompressed file
};

}  // namespace trilby::data
