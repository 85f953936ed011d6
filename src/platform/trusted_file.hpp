// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files whose content only this user and root decide.

#pragma once

#include <filesystem>

#include <trilby/result.hpp>

namespace trilby::platform {

/// Refuses a file that others could replace, with the reason: it or a folder above it belongs to
/// another user than root and this one, or may be written to by everybody or by a group. The group
/// of root and the private group of this user, for a umask of 002, are fine; so is a sticky folder
/// such as /tmp further up. The same holds for every symbolic link on the way. The error is
/// ErrorCode::unavailable. Returns the path without links, which is the one to open: others cannot
/// change what is there.
[[nodiscard]] Result<std::filesystem::path> require_trusted(const std::filesystem::path& file);

}  // namespace trilby::platform
