// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <utility>

#include <trilby/result.hpp>

namespace trilby::platform {

/// A folder of its own below $TMPDIR, removed with all that is in it.
class TemporaryFolder {
  public:
    [[nodiscard]] static Result<TemporaryFolder> create();
    /// The same below another folder, which exists.
    [[nodiscard]] static Result<TemporaryFolder> create(const std::filesystem::path& parent);
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace trilby::platform
