// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/folder_entries.hpp"

#include <cerrno>
#include <dirent.h>
#include <memory>
#include <string_view>

#include "platform/atomic_file.hpp"

namespace trilby::platform {

Result<std::vector<std::filesystem::path>> folder_entries(const std::filesystem::path& folder) {
    struct Close {
        void operator()(DIR* opened) const { ::closedir(opened); }
    };
    const std::unique_ptr<DIR, Close> opened(::opendir(folder.c_str()));
    if (!opened) {
        return std::unexpected(input_error(errno, folder));
    }
    std::vector<std::filesystem::path> entries;
    errno = 0;  // readdir() changes it only if it fails
    while (const dirent* entry = ::readdir(opened.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") {
            entries.push_back(folder / name);
        }
        errno = 0;
    }
    if (errno != 0) {
        return std::unexpected(input_error(errno, folder));
    }
    return entries;
}

}  // namespace trilby::platform
