// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/temporary_folder.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <new>
#include <optional>
#include <stdlib.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/atomic_file.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::platform {
namespace {

using std::filesystem::path;

constexpr const char* mark_name = ".trilby-temporary";
constexpr const char* new_mark_name = ".trilby-temporary-new";
constexpr std::string_view random_part = "XXXXXX";  // mkdtemp() replaces it

/// Gives the folder its mark, which is locked before it appears: no other process takes the folder
/// for an abandoned one. Nothing on a file system without locks, where such folders stay.
FileDescriptor put_mark(const path& folder) {
    const path unlocked = folder / new_mark_name;
    FileDescriptor file(::open(unlocked.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        ::unlink(unlocked.c_str());
        return {};
    }
    ::rename(unlocked.c_str(), (folder / mark_name).c_str());
    return file;
}

bool is_folder_of_this_user(const path& folder) {
    struct stat info {};
    return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
           info.st_uid == ::geteuid();
}

/// Whether the process that marked the folder has ended; nothing without a mark.
std::optional<bool> is_abandoned(const path& folder) {
    const FileDescriptor file(
        ::open((folder / mark_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        return errno == ENOENT ? std::nullopt : std::optional(false);
    }
    return ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

/// A process that is alive marks its folder at once.
bool is_old(const path& folder) {
    constexpr auto time_to_mark = std::chrono::minutes(1);
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(folder, error);
    return !error && std::filesystem::file_time_type::clock::now() - changed > time_to_mark;
}

bool has_mode_of_mkdtemp(const path& folder) {
    std::error_code unknown;
    return std::filesystem::status(folder, unknown).permissions() ==
           std::filesystem::perms::owner_all;
}

/// Removes an empty folder, whose process was killed before the folder had its mark. Others stay.
void remove_unmarked(const path& folder) {
    if (has_mode_of_mkdtemp(folder) && is_old(folder)) {
        ::unlink((folder / new_mark_name).c_str());
        ::rmdir(folder.c_str());
    }
}

void remove_if_abandoned(const path& folder) {
    if (!is_folder_of_this_user(folder)) {
        return;
    }
    const auto abandoned = is_abandoned(folder);
    std::error_code ignored;
    if (!abandoned) {
        remove_unmarked(folder);
    } else if (*abandoned) {
        std::filesystem::remove_all(folder, ignored);
    }
}

void remove_abandoned(std::string_view start, const path& parent) {
    const auto entries = folder_entries(parent);
    if (!entries) {
        return;
    }
    for (const path& entry : *entries) {
        const std::string name = entry.filename().string();
        if (name.starts_with(start) && name.size() == start.size() + random_part.size()) {
            remove_if_abandoned(entry);
        }
    }
}

}  // namespace

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
    const std::string start = std::string(prefix) + "-";
    remove_abandoned(start, parent);
    std::error_code error;
    std::string pattern = (parent / start).string().append(random_part);
    if (::mkdtemp(pattern.data()) == nullptr) {
        return std::unexpected(system_error(errno, "create a folder in", parent));
    }
    try {
        return TemporaryFolder(pattern, put_mark(pattern));
    } catch (const std::bad_alloc&) {  // nothing owns the folder yet
        std::filesystem::remove_all(pattern, error);
        throw;
    }
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
