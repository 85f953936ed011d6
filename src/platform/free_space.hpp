// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace trilby::platform {

/// What this user can still write to the file system of `path`, or of its nearest parent that
/// exists. Nothing if it does not say.
[[nodiscard]] std::optional<std::uint64_t> free_space_bytes(const std::filesystem::path& path);

/// The size of that file system. Nothing if it does not say or has no limit.
[[nodiscard]] std::optional<std::uint64_t> total_space_bytes(const std::filesystem::path& path);

}  // namespace trilby::platform
