// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::platform {

/// A folder that appears complete or not at all. It is filled under a temporary name beside the
/// final one, and destruction without commit() removes it.
class AtomicFolder {
  public:
    /// Creates the folders above `path`, which may be an empty folder. A symbolic link to a folder
    /// stays, and the folder is the one that it points to.
    [[nodiscard]] static Result<AtomicFolder> create(const std::filesystem::path& path);
    AtomicFolder(AtomicFolder&& other) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) = delete;
    ~AtomicFolder();

    /// The temporary name.
    [[nodiscard]] const std::filesystem::path& path() const { return temporary_; }
    /// Renames the folder. Its files are not synced one by one, which would take long.
    [[nodiscard]] Result<void> commit();
    /// The same in place of a folder with content, which is removed afterwards. At every moment,
    /// the old folder or the new one is there, if the file system can exchange two names.
    [[nodiscard]] Result<void> replace();

  private:
    AtomicFolder(std::filesystem::path path, std::filesystem::path temporary);
    Result<void> replace_in_steps();

    std::filesystem::path path_;
    std::filesystem::path temporary_;  ///< removed at the end; empty if there is none
};

}  // namespace trilby::platform
