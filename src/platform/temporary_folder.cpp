// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/temporary_folder.hpp"

#include <cerrno>
#include <stdlib.h>

#include "platform/atomic_file.hpp"

namespace trilby::platform {

Result<TemporaryFolder> TemporaryFolder::create(std::string_view prefix) {
    std::error_code error;
    const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
    if (error) {
        return std::unexpected(system_error(error.value(), "create a folder in", parent));
    }
    return create(prefix, parent);
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view prefix,
                                                const std::filesystem::path& parent) {
    std::string pattern = (parent / prefix).string() + "-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        return std::unexpected(system_error(errno, "create a folder in", parent));
    }
    return TemporaryFolder(pattern);
}

/// Tries again after a failure: a shortage of descriptors or memory may be over.
TemporaryFolder::~TemporaryFolder() {
    constexpr int attempts = 3;
    std::error_code error;
    for (int attempt = 0; attempt < attempts && !path_.empty(); ++attempt) {
        std::filesystem::remove_all(path_, error);
        if (!error) {
            path_.clear();
        }
    }
}

}  // namespace trilby::platform
