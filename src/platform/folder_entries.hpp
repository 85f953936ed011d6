// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// The names of what is in an open folder, in any order, or the errno: that of the caller's open()
/// if `folder` is not open, and EOVERFLOW for more than `most` names.
[[nodiscard]] std::expected<std::vector<std::string>, int> names_in(FileDescriptor folder,
                                                                    std::size_t most = SIZE_MAX);

/// The paths of what is in a folder, in any order. std::filesystem::directory_iterator is not used
/// because it ends the process if there is not enough memory.
[[nodiscard]] Result<std::vector<std::filesystem::path>> folder_entries(
    const std::filesystem::path& folder);

}  // namespace trilby::platform
