// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A file that is read as it is, or unpacked if it is gzip (RFC 1952). zlib's own gzread() is not
/// used: since 1.3.2 it no longer tells a file that was cut off from one that has ended.

#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

class PackedFile {
  public:
    /// ErrorCode::no_input if it cannot be opened, bad_data if it is not a regular file.
    [[nodiscard]] static Result<PackedFile> open(const std::filesystem::path& path);
    PackedFile(PackedFile&&) noexcept;
    PackedFile& operator=(PackedFile&&) noexcept;
    ~PackedFile();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Fills `bytes`; returns how many there were, which is fewer only at the end of the file.
    /// ErrorCode::bad_data if gzip's structure or checksum is wrong, or its end is missing.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> bytes);

  private:
    struct Inflater;
    PackedFile(platform::FileDescriptor file, std::filesystem::path path);

    Result<void> look_for_gzip();
    Result<std::size_t> read_file(std::span<std::byte> bytes);
    Result<std::size_t> inflate_some(std::span<std::byte> bytes);

    platform::FileDescriptor file_;
    std::filesystem::path path_;
    std::unique_ptr<Inflater> inflater_;  ///< null for a file that is not packed
};

}  // namespace trilby::train
