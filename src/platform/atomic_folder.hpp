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
    /// Creates the folders above `path`, which may be an empty folder.
    [[nodiscard]] static Result<AtomicFolder> create(const std::filesystem::path& path);
    AtomicFolder(AtomicFolder&& other) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) = delete;
    ~AtomicFolder();

    /// The temporary name.
    [[nodiscard]] const std::filesystem::path& path() const { return temporary_; }
    /// Renames the folder. Its files are not synced one by one, which would take long.
    [[nodiscard]] Result<void> commit();

  private:
    AtomicFolder(std::filesystem::path path, std::filesystem::path temporary);

    std::filesystem::path path_;
    std::filesystem::path temporary_;  ///< empty once committed or moved from
};

}  // namespace trilby::platform
