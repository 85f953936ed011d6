// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The folders of modules that were built here: the user's own, and the one for all users of the
/// system. What packages install is left alone.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <trilby/result.hpp>
#include <trilby/selection.hpp>

namespace trilby::builder {

enum class Owner : std::uint8_t { user, site, package };

/// "you", "all users" or "a package": who a module in `folder` is there for.
[[nodiscard]] std::string_view owner_name(Owner owner);
[[nodiscard]] Owner owner_of(const std::filesystem::path& folder);

/// Where a module for `owner` belongs: for a user in $TRILBY_BACKEND_DIR, if it is set;
/// ErrorCode::unavailable if the user has no home.
[[nodiscard]] Result<std::filesystem::path> store_folder(Owner owner);

/// Puts trilby-backend-NAME.so and its manifest, which lie in `from`, into `folder`, in place of
/// those that are there. Both are written whole before either is replaced, the manifest last, so
/// that none names a module that is not there.
[[nodiscard]] Result<void> install_module(std::string_view name, const std::filesystem::path& from,
                                          const std::filesystem::path& folder);

/// ErrorCode::no_input if `folder` has no module of that name.
[[nodiscard]] Result<void> remove_module(std::string_view name,
                                         const std::filesystem::path& folder);

}  // namespace trilby::builder
