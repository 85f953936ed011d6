// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/temporary_folder.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdlib.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

using std::filesystem::path;

constexpr const char* mark_name = ".trilby-temporary";

/// Gives the folder its mark, which is locked before it appears: no other process takes the folder
/// for an abandoned one. Nothing on a file system without locks, where such folders stay.
FileDescriptor put_mark(const path& folder) {
    const path unlocked = folder / "unlocked";
    FileDescriptor file(::open(unlocked.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        ::unlink(unlocked.c_str());
        return {};
    }
    ::rename(unlocked.c_str(), (folder / mark_name).c_str());
    return file;
}

/// A marked folder of this user whose process has ended.
bool is_abandoned(const path& folder) {
    struct stat info {};
    if (::lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) ||
        info.st_uid != ::geteuid()) {
        return false;
    }
    const FileDescriptor file(
        ::open((folder / mark_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
}

void remove_abandoned(std::string_view start, const path& parent) {
    std::error_code ignored;
    for (std::filesystem::directory_iterator entry(parent, ignored), end; entry != end;
         entry.increment(ignored)) {
        if (entry->path().filename().string().starts_with(start) && is_abandoned(entry->path())) {
            std::filesystem::remove_all(entry->path(), ignored);
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
    std::string pattern = (parent / (start + "XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        return std::unexpected(system_error(errno, "create a folder in", parent));
    }
    return TemporaryFolder(pattern, put_mark(pattern));
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
