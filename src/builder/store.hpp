// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The folders of modules that were built on this system: the user's, and the one for all users.
/// Modules of packages are not changed.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <trilby/result.hpp>
#include <trilby/selection.hpp>

namespace trilby::builder {

enum class Owner : std::uint8_t { user, site, package };

/// "you", "all users" or "a package"
[[nodiscard]] std::string_view owner_name(Owner owner);
[[nodiscard]] Owner owner_of(const std::filesystem::path& folder);

/// The folder for modules of `owner`. A user's is $TRILBY_BACKEND_DIR, if it is set.
/// ErrorCode::unavailable if the user has no home.
[[nodiscard]] Result<std::filesystem::path> store_folder(Owner owner);

/// Copies trilby-backend-NAME.so and its manifest from `from` to `folder`, replacing those there.
/// Both copies are complete before the first one is renamed, and the manifest comes last, so a
/// manifest always has its module. All users can use those of Owner::site, whatever the umask.
[[nodiscard]] Result<void> install_module(std::string_view name, const std::filesystem::path& from,
                                          const std::filesystem::path& folder, Owner owner);

/// The folder for the training library of `owner`: a prefix with `include` and `lib`.
/// ErrorCode::unavailable if the user has no home.
[[nodiscard]] Result<std::filesystem::path> library_folder(Owner owner);

/// Copies the library with its development files from `from` to `folder`, which it replaces. A
/// folder that `folder` links to is replaced, and the link stays. All users can use a library of
/// Owner::site, whatever the umask.
[[nodiscard]] Result<void> install_library(const std::filesystem::path& from,
                                           const std::filesystem::path& folder, Owner owner);

/// ErrorCode::no_input if `folder` has no module of that name.
[[nodiscard]] Result<void> remove_module(std::string_view name,
                                         const std::filesystem::path& folder);

}  // namespace trilby::builder
