// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A regular file that may be larger than memory and is read in parts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

class LargeFile {
  public:
    explicit LargeFile(FileDescriptor file);
    /// The caller has tested the size.
    LargeFile(FileDescriptor file, std::uint64_t size_bytes)
        : file_(std::move(file)), size_bytes_(size_bytes) {}

    /// Opens a file of the user's without waiting for a FIFO or a terminal. What cannot be opened
    /// is no_input, and what is not a regular file is bad_data.
    [[nodiscard]] static Result<LargeFile> open(const std::filesystem::path& path);
    /// The same for an open file; `path` is for errors.
    [[nodiscard]] static Result<LargeFile> of(FileDescriptor file,
                                              const std::filesystem::path& path);

    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }

    /// Exactly that many bytes; nothing if the file is shorter or cannot be read.
    [[nodiscard]] std::optional<std::string> read(std::uint64_t offset,
                                                  std::size_t size_bytes) const;
    /// The same into the caller's memory. False if the file became shorter or cannot be read.
    [[nodiscard]] bool read(std::uint64_t offset, std::span<std::byte> bytes) const;

  private:
    FileDescriptor file_;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace trilby::platform
