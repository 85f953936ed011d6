// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A file that is still being fetched: NAME.part, beside the name that it will get.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

/// SHA-256 of an open file, from its first byte; `path` is for the error.
[[nodiscard]] Result<std::string> sha256_of(int fd, const std::filesystem::path& path);

/// Owned by one process at a time. What an earlier one left is kept, to be continued; destruction
/// keeps what has come so far, and leaves no empty file behind.
class PartFile {
  public:
    /// `target` is the final name. ErrorCode::cannot_create if another process is at work on it.
    [[nodiscard]] static Result<PartFile> open(const std::filesystem::path& target);
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile();

    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> clear();
    [[nodiscard]] Result<std::string> sha256() const;
    /// Gives the file its final name, durably.
    [[nodiscard]] Result<void> publish();

  private:
    PartFile(platform::FileDescriptor file, std::filesystem::path target, std::uint64_t size_bytes);

    platform::FileDescriptor file_;
    std::filesystem::path target_;
    std::filesystem::path path_;  ///< empty once published or moved from
    std::uint64_t size_bytes_ = 0;
};

}  // namespace trilby::fetch
