// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files that appear complete or not at all, and then survive a power failure.

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// The error for a failed system call on `path`, with a code and a hint for each kind of cause.
/// `doing` is a verb phrase such as "write".
[[nodiscard]] Error system_error(int error_number, std::string_view doing,
                                 const std::filesystem::path& path);

/// Whether the error means that descriptors, processes or memory are used up.
[[nodiscard]] bool is_shortage(int error_number);

/// The error for an input at `path` that cannot be opened: always no_input.
[[nodiscard]] Error input_error(int error_number, const std::filesystem::path& path);

/// A name beside `path` that no other process uses: "PATH.123-0.trilby-tmp".
[[nodiscard]] std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Whether a file name is one that temporary_name() makes for a file called `name`.
[[nodiscard]] bool is_temporary_name(std::string_view temporary, std::string_view name);

/// Creates a folder and its parents where they do not exist.
[[nodiscard]] Result<void> make_directories(const std::filesystem::path& folder);

/// Writes everything, despite short writes and interruptions.
[[nodiscard]] Result<void> write_all(int fd, std::span<const std::byte> bytes,
                                     const std::filesystem::path& path);
[[nodiscard]] Result<void> write_all(int fd, std::string_view text,
                                     const std::filesystem::path& path);

/// Called when a new file is complete and on the disk, and an old one is still in its place.
using BeforeReplacing = std::function<Result<void>()>;

/// Syncs the open file `fd` at `from`, renames it to `to` and syncs the folder.
[[nodiscard]] Result<void> publish_file(int fd, const std::filesystem::path& from,
                                        const std::filesystem::path& to,
                                        const BeforeReplacing& before_replacing = {});

/// Replaces the file `path`: temporary file, fsync, rename, fsync of the folder. After a failure
/// the old file is untouched and no temporary file is left. A symbolic link is replaced, not
/// followed; a device or a folder is an error.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 std::string_view content);

/// Creates the file `path` in the same way, and never replaces one that somebody created meanwhile.
[[nodiscard]] Result<void> create_file_atomically(const std::filesystem::path& path,
                                                  std::string_view content);

/// Removes the temporary files of `path` that killed processes of this user left. Nobody may be
/// writing the file.
void remove_unfinished(const std::filesystem::path& path);

/// The same for content in pieces. Destruction without commit() removes the temporary file.
class AtomicFile {
  public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> write(std::string_view text);
    /// Syncs, renames onto the final path and syncs the folder.
    [[nodiscard]] Result<void> commit(const BeforeReplacing& before_replacing = {});
    /// The same, but it is an error if the final path exists, even as a broken link.
    [[nodiscard]] Result<void> commit_new();

  private:
    AtomicFile(FileDescriptor file, std::filesystem::path path, std::filesystem::path temporary);

    FileDescriptor file_;
    std::filesystem::path path_;
    std::filesystem::path temporary_;  ///< empty once committed or moved from
};

}  // namespace trilby::platform
