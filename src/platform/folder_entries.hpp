// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::platform {

/// The paths of what is in a folder, in any order. std::filesystem::directory_iterator is not used
/// because it ends the process if there is not enough memory.
[[nodiscard]] Result<std::vector<std::filesystem::path>> folder_entries(
    const std::filesystem::path& folder);

}  // namespace trilby::platform
