// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files that appear whole or not at all, and survive a power cut once they have appeared.

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// The error for a failed system call on `path`: a full disk, a missing permission and the rest
/// each get their code and remedy. `doing` is a verb phrase such as "write".
[[nodiscard]] Error system_error(int error_number, std::string_view doing,
                                 const std::filesystem::path& path);

/// The error for an input at `path` that cannot be opened: no_input, whatever the reason.
[[nodiscard]] Error input_error(int error_number, const std::filesystem::path& path);

/// Makes a folder and its parents; an existing one is fine.
[[nodiscard]] Result<void> make_directories(const std::filesystem::path& folder);

/// Writes everything, through short writes and interruptions.
[[nodiscard]] Result<void> write_all(int fd, std::span<const std::byte> bytes,
                                     const std::filesystem::path& path);
[[nodiscard]] Result<void> write_all(int fd, std::string_view text,
                                     const std::filesystem::path& path);

/// Syncs the open file `fd`, which lies at `from`, renames it to `to` and syncs the folder.
[[nodiscard]] Result<void> publish_file(int fd, const std::filesystem::path& from,
                                        const std::filesystem::path& to);

/// Replaces `path` by `content`: temporary file beside it, fsync, rename, fsync of the folder.
/// After a failure the old file is untouched and no temporary file is left. A symbolic link is
/// replaced, never followed; a device or a folder of that name is refused.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view content);

/// The same for content that is written in pieces. Uncommitted files vanish with the object.
class AtomicFile {
  public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> write(std::string_view text);
    /// Syncs, renames onto the final path and syncs the folder.
    [[nodiscard]] Result<void> commit();

  private:
    AtomicFile(FileDescriptor file, std::filesystem::path path, std::filesystem::path temporary);

    FileDescriptor file_;
    std::filesystem::path path_;
    std::filesystem::path temporary_;  ///< empty once committed or moved from
};

}  // namespace trilby::platform
