// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A regular file that may be larger than memory and is read in parts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "platform/file_descriptor.hpp"

namespace trilby::platform {

class LargeFile {
  public:
    explicit LargeFile(FileDescriptor file);
    /// The caller has tested the size.
    LargeFile(FileDescriptor file, std::uint64_t size_bytes)
        : file_(std::move(file)), size_bytes_(size_bytes) {}

    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

    /// Exactly that many bytes; nothing if the file is shorter or cannot be read.
    [[nodiscard]] std::optional<std::string> read(std::uint64_t offset,
                                                  std::size_t size_bytes) const;

  private:
    FileDescriptor file_;
    std::uint64_t size_bytes_ = 0;
};

}  // namespace trilby::platform
