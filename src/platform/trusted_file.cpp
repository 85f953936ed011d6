// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/trusted_file.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

using std::filesystem::path;

/// Why somebody else decides what is at a path, and the remedy.
struct Distrust {
    std::string why;
    std::string remedy;
};

bool is_trusted_owner(uid_t owner) {
    struct stat root {};
    // In a user namespace, root outside of it has another number.
    return owner == 0 || owner == ::geteuid() || (::stat("/", &root) == 0 && owner == root.st_uid);
}

/// Whether the group is this user's own: it has the user's name and no other members.
bool is_private_group(gid_t group) {
    std::array<char, 16'384> user_text;
    std::array<char, 16'384> group_text;
    passwd user{};
    ::group entry{};
    passwd* found_user = nullptr;
    ::group* found_group = nullptr;
    ::getpwuid_r(::geteuid(), &user, user_text.data(), user_text.size(), &found_user);
    ::getgrgid_r(group, &entry, group_text.data(), group_text.size(), &found_group);
    if (found_user == nullptr || found_group == nullptr || user.pw_gid != group) {
        return false;
    }
    const std::string_view name = user.pw_name;
    bool is_alone = name == entry.gr_name;
    for (char** member = entry.gr_mem; *member != nullptr; ++member) {
        is_alone &= name == *member;
    }
    return is_alone;
}

/// An access control list shows as permissions of the group.
bool has_access_list(const path& at) {
    return ::getxattr(at.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

std::optional<Distrust> distrust(const path& at, const struct stat& info) {
    if (!is_trusted_owner(info.st_uid)) {
        return Distrust{fmt::format("belongs to the user with the number {}", info.st_uid),
                        "use a folder that belongs to you or to root"};
    }
    if (S_ISLNK(info.st_mode)) {
        return std::nullopt;  // only its owner can replace it
    }
    if ((info.st_mode & S_IWOTH) != 0) {
        return Distrust{"may be changed by everybody",
                        fmt::format("chmod go-w '{}', or use another folder", at.string())};
    }
    const bool is_for_group = (info.st_mode & S_IWGRP) != 0;
    const bool is_private = info.st_gid == 0 || is_private_group(info.st_gid);
    if (is_for_group && (!is_private || has_access_list(at))) {
        return Distrust{
            fmt::format("may be changed by other users (its group has the number {})", info.st_gid),
            fmt::format("chmod g-w '{}', or use another folder", at.string())};
    }
    return std::nullopt;
}

/// Checks what is at `way` and everything above it. The error has the name `file`.
Result<void> require_trusted_way(const path& way, const path& file) {
    const path folder = way.parent_path();
    for (path at = way; at.has_relative_path(); at = at.parent_path()) {
        struct stat info {};
        if (::lstat(at.c_str(), &info) != 0) {
            return std::unexpected(input_error(errno, at));
        }
        // In a sticky folder nobody can replace what belongs to others, but anybody can add files.
        const bool is_further_up = at != way && at != folder;
        if (is_further_up && (info.st_mode & S_ISVTX) != 0 && is_trusted_owner(info.st_uid)) {
            continue;
        }
        if (const auto reason = distrust(at, info)) {
            return failure(
                ErrorCode::unavailable,
                fmt::format("'{}' is not loaded: '{}' {}", file.string(), at.string(), reason->why),
                reason->remedy);
        }
    }
    return {};
}

/// The way with the first symbolic link on it replaced by what it points to; nothing without one.
Result<std::optional<path>> follow_first_link(const path& way) {
    path at;
    for (auto part = way.begin(); part != way.end(); ++part) {
        at /= *part;
        std::error_code error;
        if (!std::filesystem::is_symlink(std::filesystem::symlink_status(at, error))) {
            continue;
        }
        path followed = at.parent_path() / std::filesystem::read_symlink(at, error);
        if (error) {
            return std::unexpected(input_error(error.value(), at));
        }
        while (++part != way.end()) {
            followed /= *part;
        }
        return followed;
    }
    return std::optional<path>();
}

}  // namespace

/// Each link is checked before it is followed: the way that was checked last has no links.
Result<path> require_trusted(const path& file) {
    constexpr int most_links = 40;  // as in the kernel
    path way = std::filesystem::absolute(file);
    for (int links = 0; links <= most_links; ++links) {
        TRILBY_CHECK(require_trusted_way(way, file));
        TRILBY_TRY(followed, follow_first_link(way));
        if (!followed) {
            return way.lexically_normal();
        }
        way = *std::move(followed);
    }
    return std::unexpected(input_error(ELOOP, file));
}

}  // namespace trilby::platform
