// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace trilby::platform {

/// What this user can still write to the file system of a folder. Nothing if it does not say.
[[nodiscard]] std::optional<std::uint64_t> free_space_bytes(const std::filesystem::path& folder);

}  // namespace trilby::platform
