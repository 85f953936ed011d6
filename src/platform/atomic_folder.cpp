// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <sys/stat.h>
#include <utility>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

/// The name that rename() replaces: without links and without a slash at its end.
std::filesystem::path plain_name(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::path plain =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
    return error || plain.has_filename() ? plain : plain.parent_path();
}

}  // namespace

Result<AtomicFolder> AtomicFolder::create(const std::filesystem::path& path) {
    std::filesystem::path target = plain_name(path);
    TRILBY_CHECK(make_directories(target.parent_path()));
    std::filesystem::path temporary = temporary_name(target);
    if (::mkdir(temporary.c_str(), 0777) != 0) {
        return std::unexpected(system_error(errno, "create the folder", path));
    }
    // No exception may come between: the folder would stay.
    return AtomicFolder(std::move(target), std::move(temporary));
}

AtomicFolder::AtomicFolder(std::filesystem::path path, std::filesystem::path temporary)
    : path_(std::move(path)), temporary_(std::move(temporary)) {}

AtomicFolder::AtomicFolder(AtomicFolder&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

AtomicFolder::~AtomicFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) {
        std::filesystem::remove_all(temporary_, ignored);
    }
}

Result<void> AtomicFolder::commit() {
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return std::unexpected(system_error(errno, "create the folder", path_));
    }
    temporary_.clear();
    return {};
}

}  // namespace trilby::platform
