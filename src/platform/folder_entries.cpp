// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/folder_entries.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>

#include "platform/atomic_file.hpp"

namespace trilby::platform {

std::expected<std::vector<std::string>, int> names_in(FileDescriptor folder, std::size_t most) {
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(folder ? ::fdopendir(folder.get()) : nullptr,
                                                     ::closedir);
    if (!opened) {
        return std::unexpected(errno);
    }
    static_cast<void>(folder.release());  // the stream closes it
    std::vector<std::string> names;
    errno = 0;  // readdir() changes it only if it fails
    while (const dirent* entry = ::readdir(opened.get())) {
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") {
            continue;
        }
        if (names.size() == most) {
            return std::unexpected(EOVERFLOW);
        }
        names.emplace_back(name);
        errno = 0;
    }
    if (errno != 0) {
        return std::unexpected(errno);
    }
    return names;
}

Result<std::vector<std::filesystem::path>> folder_entries(const std::filesystem::path& folder) {
    const auto names =
        names_in(FileDescriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    if (!names) {
        return std::unexpected(input_error(names.error(), folder));
    }
    std::vector<std::filesystem::path> entries;
    entries.reserve(names->size());
    for (const std::string& name : *names) {
        entries.push_back(folder / name);
    }
    return entries;
}

}  // namespace trilby::platform
