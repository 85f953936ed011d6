// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Folders that a command creates for its files, and removes if there is no file after all.

#pragma once

#include <filesystem>
#include <utility>

#include <trilby/result.hpp>

namespace trilby::platform {

/// A folder that is needed. On destruction, it and the parents that were created with it are
/// removed as far as they are empty.
class CreatedFolders {
  public:
    /// Creates the folder and its parents where they do not exist.
    [[nodiscard]] static Result<CreatedFolders> create(const std::filesystem::path& folder);
    CreatedFolders(CreatedFolders&& other) noexcept
        : folder_(std::move(other.folder_)),
          first_created_(std::exchange(other.first_created_, {})) {}
    CreatedFolders& operator=(CreatedFolders&& other) noexcept;
    ~CreatedFolders() { remove_empty(); }

    [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
    /// Takes over a folder that the caller has just created in this one.
    void enter(const std::filesystem::path& created);
    void remove_empty() const;

  private:
    explicit CreatedFolders(std::filesystem::path folder);

    std::filesystem::path folder_;
    std::filesystem::path first_created_;  ///< empty if all existed
};

}  // namespace trilby::platform
