// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/free_space.hpp"

#include <sys/statvfs.h>

namespace trilby::platform {

std::optional<std::uint64_t> free_space_bytes(const std::filesystem::path& folder) {
    struct statvfs info {};
    // Some file systems report that they have no blocks at all.
    if (::statvfs(folder.c_str(), &info) != 0 || info.f_blocks == 0) {
        return std::nullopt;
    }
    return std::uint64_t{info.f_bavail} * info.f_frsize;
}

}  // namespace trilby::platform
