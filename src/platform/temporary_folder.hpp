// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// A new folder PREFIX-XXXXXX. It is removed, with everything in it, when the object is destroyed.
/// If the process is killed, a later create() with the same prefix and parent removes it.
class TemporaryFolder {
  public:
    /// In $TMPDIR.
    [[nodiscard]] static Result<TemporaryFolder> create(std::string_view prefix);
    [[nodiscard]] static Result<TemporaryFolder> create(std::string_view prefix,
                                                        const std::filesystem::path& parent);
    TemporaryFolder(TemporaryFolder&& other) noexcept
        : path_(std::exchange(other.path_, {})), mark_(std::move(other.mark_)) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    TemporaryFolder(std::filesystem::path path, FileDescriptor mark)
        : path_(std::move(path)), mark_(std::move(mark)) {}

    std::filesystem::path path_;
    FileDescriptor mark_;  ///< a file in the folder that is locked while the folder is in use
};

}  // namespace trilby::platform
