// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include <trilby/result.hpp>

namespace trilby::platform {

/// A new folder PREFIX-XXXXXX. It is removed, with everything in it, when the object is destroyed.
class TemporaryFolder {
  public:
    /// In $TMPDIR.
    [[nodiscard]] static Result<TemporaryFolder> create(std::string_view prefix);
    [[nodiscard]] static Result<TemporaryFolder> create(std::string_view prefix,
                                                        const std::filesystem::path& parent);
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace trilby::platform
