// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_lock.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

/// The process that locked the file; nothing if the file does not say.
std::optional<std::int64_t> holder_of(const FileDescriptor& file) {
    std::array<char, 16> text{};
    const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
    const std::string_view number(text.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    const auto pid = parse_number<std::int64_t>(number);
    return pid ? std::optional(*pid) : std::nullopt;
}

/// Also for a process that its parent has not waited for yet.
bool has_ended(std::int64_t pid) {
    const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        return errno == ESRCH;
    }
    pollfd end{process.get(), POLLIN, 0};
    return ::poll(&end, 1, 0) == 1;
}

/// The whole file, for one holder.
struct flock whole_file() {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// Locks the file, unless another process has locked it.
bool is_locked(const FileDescriptor& file) {
    const struct flock lock = whole_file();
    return ::fcntl(file.get(), F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES);
}

std::unexpected<Error> in_use(const std::filesystem::path& path,
                              const std::optional<std::int64_t>& holder) {
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' is in use by another run{}", path.parent_path().string(),
                               holder ? fmt::format(" (process {})", *holder) : ""),
                   "wait until it has ended, or choose another folder");
}

Result<void> note_holder(const FileDescriptor& file, const std::filesystem::path& path) {
    if (::ftruncate(file.get(), 0) != 0) {
        return std::unexpected(system_error(errno, "lock", path));
    }
    return write_all(file.get(), fmt::format("{}", ::getpid()), path);
}

Result<FileDescriptor> open_lock(const std::filesystem::path& path) {
    FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) {
        return std::unexpected(system_error(errno, "lock", path));
    }
    if (!S_ISREG(info.st_mode)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' is not a regular file", path.string()), "remove it");
    }
    return file;
}

}  // namespace

bool is_still_at(const FileDescriptor& file, const std::filesystem::path& path) {
    struct stat ours {};
    struct stat named {};
    return ::fstat(file.get(), &ours) == 0 && ::lstat(path.c_str(), &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

Result<FileLock> FileLock::take(const std::filesystem::path& path, const WaitForChildren& wait) {
    constexpr int attempts = 10;
    for (int attempt = 0; attempt < attempts;) {
        TRILBY_TRY(file, open_lock(path));
        if (is_locked(file)) {
            const auto holder = holder_of(file);
            if (wait && holder && has_ended(*holder) && wait(*holder)) {
                continue;
            }
            return in_use(path, holder);
        }
        if (is_still_at(file, path)) {
            FileLock lock(std::move(file));
            if (auto noted = note_holder(lock.file_, path); !noted) {
                ::unlink(path.c_str());
                return std::unexpected(noted.error());
            }
            return lock;
        }
        ++attempt;
    }
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' is created and removed all the time", path.string()),
                   "choose another folder");
}

bool FileLock::is_held(const std::filesystem::path& path) {
    const FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    struct flock lock = whole_file();
    return file && ::fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace trilby::platform
