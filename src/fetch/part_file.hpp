// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// An unfinished download: NAME.part, in the folder of the final file.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

/// Calls `take` with the content of an open file, in order, until it returns an error; `path` is
/// for the error.
[[nodiscard]] Result<void> for_each_piece(
    int fd, const std::filesystem::path& path,
    const std::function<Result<void>(std::span<const std::byte>)>& take);

/// The SHA-256 of an open file; `path` is for the error.
[[nodiscard]] Result<std::string> sha256_of(int fd, const std::filesystem::path& path);

/// Owned by one process at a time, and kept for the next one. Destruction removes the file only if
/// it is empty.
class PartFile {
  public:
    /// `target` is the final name. ErrorCode::cannot_create if another process has it open.
    [[nodiscard]] static Result<PartFile> open(const std::filesystem::path& target);
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile();

    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> clear();
    [[nodiscard]] Result<std::string> sha256() const;
    /// Syncs the file and gives it its final name.
    [[nodiscard]] Result<void> publish();

  private:
    PartFile(platform::FileDescriptor file, std::filesystem::path target, std::uint64_t size_bytes);

    platform::FileDescriptor file_;
    std::filesystem::path target_;
    std::filesystem::path path_;  ///< empty once published or moved from
    std::uint64_t size_bytes_ = 0;
};

}  // namespace trilby::fetch
