// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
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

bool exchange(const std::filesystem::path& one, const std::filesystem::path& other) {
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
}

bool make_way(const std::filesystem::path& folder, const std::filesystem::path& aside) {
    if (::rename(folder.c_str(), aside.c_str()) == 0) {
        return true;
    }
    // A folder in a lower layer of a container's image can only be removed.
    std::error_code error{errno, std::generic_category()};
    if (error.value() == EXDEV) {
        std::filesystem::remove_all(folder, error);
    }
    errno = error.value();
    return !error;
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

Result<void> AtomicFolder::replace() {
    std::error_code unknown;
    if (!std::filesystem::is_directory(path_, unknown)) {
        return commit();
    }
    // Afterwards the temporary name is that of the old folder, which the destructor removes.
    return exchange(temporary_, path_) ? Result<void>() : replace_in_steps();
}

/// For file systems that cannot exchange two names.
Result<void> AtomicFolder::replace_in_steps() {
    std::filesystem::path aside = temporary_name(path_);
    if (!make_way(path_, aside)) {
        return std::unexpected(system_error(errno, "replace the folder", path_));
    }
    if (auto done = commit(); !done) {
        ::rename(aside.c_str(), path_.c_str());
        return done;
    }
    temporary_ = std::move(aside);
    return {};
}

}  // namespace trilby::platform
