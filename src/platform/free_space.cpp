// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/free_space.hpp"

#include <cerrno>
#include <sys/statvfs.h>

namespace trilby::platform {
namespace {

std::optional<struct statvfs> file_system_of(std::filesystem::path path) {
    struct statvfs info {};
    while (::statvfs(path.c_str(), &info) != 0) {
        if (errno != ENOENT || !path.has_relative_path()) {
            return std::nullopt;
        }
        path = path.parent_path();
    }
    // Some file systems, such as a tmpfs without a limit, report that they have no blocks at all.
    return info.f_blocks == 0 ? std::nullopt : std::optional(info);
}

}  // namespace

std::optional<std::uint64_t> free_space_bytes(const std::filesystem::path& path) {
    const auto info = file_system_of(path);
    return info ? std::optional(std::uint64_t{info->f_bavail} * info->f_frsize) : std::nullopt;
}

std::optional<std::uint64_t> total_space_bytes(const std::filesystem::path& path) {
    const auto info = file_system_of(path);
    return info ? std::optional(std::uint64_t{info->f_blocks} * info->f_frsize) : std::nullopt;
}

}  // namespace trilby::platform
