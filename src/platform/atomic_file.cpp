// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_file.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/try.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::platform {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : ".";
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory && errno == EACCES) {
        return {};  // a folder may be writable but not readable; its file is complete
    }
    // Some file systems cannot sync a folder (EINVAL).
    if (!directory || (::fsync(directory.get()) != 0 && errno != EINVAL)) {
        return std::unexpected(system_error(errno, "sync", folder));
    }
    return {};
}

/// Renaming replaces even a device, and root must not lose /dev/null.
Result<void> require_replaceable(const std::filesystem::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' exists and is not a regular file", path.string()),
                       "choose another name");
    }
    return {};
}

constexpr std::string_view temporary_suffix = ".trilby-tmp";

/// A temporary file that is a regular file of this user.
bool is_unfinished(const std::filesystem::path& file, std::string_view name) {
    struct stat info {};
    return is_temporary_name(file.filename().string(), name) && ::lstat(file.c_str(), &info) == 0 &&
           S_ISREG(info.st_mode) && info.st_uid == ::geteuid();
}

}  // namespace

std::filesystem::path temporary_name(const std::filesystem::path& path) {
    static std::atomic<unsigned> serial = 0;
    std::filesystem::path temporary = path;
    temporary += fmt::format(".{}-{}{}", ::getpid(), serial++, temporary_suffix);
    return temporary;
}

bool is_temporary_name(std::string_view temporary, std::string_view name) {
    return temporary.size() > name.size() && temporary.starts_with(name) &&
           temporary[name.size()] == '.' && temporary.ends_with(temporary_suffix);
}

Error system_error(int error_number, std::string_view doing, const std::filesystem::path& path) {
    const std::string message = fmt::format("cannot {} '{}': {}", doing, path.string(),
                                            std::generic_category().message(error_number));
    switch (error_number) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return {ErrorCode::io, message,
                    "free some space, or choose a folder on another file system"};
        case EACCES:
        case EPERM:
            return {ErrorCode::cannot_create, message,
                    "choose a folder that you may write to, or fix its permissions"};
        case EROFS:
            return {ErrorCode::cannot_create, message,
                    "the file system is mounted read-only; choose another folder"};
        case ENOENT:
        case ENOTDIR:
        case EEXIST:
        case EISDIR:
        case ENAMETOOLONG:
            return {ErrorCode::cannot_create, message, "check the path"};
        case ELOOP:
            return {ErrorCode::cannot_create, message, "remove the symbolic link"};
        case EMFILE:
        case ENFILE:
            return {ErrorCode::io, message, "raise the limit of open files: ulimit -n 4096"};
        case EAGAIN:
        case ENOMEM:
            return {ErrorCode::io, message,
                    "end other programs, or raise the limit of processes and memory (ulimit -a)"};
        default:
            return {ErrorCode::io, message, {}};
    }
}

bool is_shortage(int error_number) {
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM ||
           error_number == EAGAIN;
}

Error input_error(int error_number, const std::filesystem::path& path) {
    const bool is_denied = error_number == EACCES || error_number == EPERM;
    return {ErrorCode::no_input,
            fmt::format("cannot read '{}': {}", path.string(),
                        std::generic_category().message(error_number)),
            is_denied ? "fix its permissions" : "check the path"};
}

Result<void> make_directories(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        return std::unexpected(system_error(error.value(), "create the folder", folder));
    }
    return {};
}

Result<void> write_all(int fd, std::span<const std::byte> bytes,
                       const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return std::unexpected(system_error(errno, "write", path));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> write_all(int fd, std::string_view text, const std::filesystem::path& path) {
    return write_all(fd, std::as_bytes(std::span(text)), path);
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
    TRILBY_TRY(file, AtomicFile::create(path));
    TRILBY_CHECK(file.write(content));
    return file.commit();
}

Result<void> create_file_atomically(const std::filesystem::path& path, std::string_view content) {
    TRILBY_TRY(file, AtomicFile::create(path));
    TRILBY_CHECK(file.write(content));
    return file.commit_new();
}

void remove_unfinished(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    const auto entries = folder_entries(folder_of(path));
    if (!entries) {
        return;
    }
    for (const std::filesystem::path& entry : *entries) {
        if (is_unfinished(entry, name)) {
            std::error_code ignored;
            std::filesystem::remove(entry, ignored);
        }
    }
}

Result<void> publish_file(int fd, const std::filesystem::path& from,
                          const std::filesystem::path& to,
                          const BeforeReplacing& before_replacing) {
    if (::fsync(fd) != 0) {
        return std::unexpected(system_error(errno, "sync", from));
    }
    if (before_replacing) {
        TRILBY_CHECK(before_replacing());
    }
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return std::unexpected(system_error(errno, "replace", to));
    }
    return sync_folder(folder_of(to));
}

namespace {

/// The same where file systems have neither such renaming nor links: takes the name first.
bool rename_to_reserved(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (!FileDescriptor(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666))) {
        return false;
    }
    if (::rename(from.c_str(), to.c_str()) == 0) {
        return true;
    }
    const int error = errno;
    ::unlink(to.c_str());
    errno = error;
    return false;
}

/// Renames a file unless `to` exists. False with errno.
bool rename_to_new(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return true;
    }
    // NFS, for example, has no such renaming, but links never replace a file either.
    const bool is_supported = errno != EINVAL && errno != ENOSYS;
    if (!is_supported && ::link(from.c_str(), to.c_str()) == 0) {
        ::unlink(from.c_str());
        return true;
    }
    return !is_supported && errno != EEXIST && rename_to_reserved(from, to);
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    TRILBY_CHECK(require_replaceable(path));
    // A name can be left from a killed process, or belong to one in another PID namespace.
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::filesystem::path temporary = temporary_name(path);
        FileDescriptor file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
        if (file) {
            return AtomicFile(std::move(file), path, std::move(temporary));
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return std::unexpected(system_error(errno, "create", path));
}

AtomicFile::AtomicFile(FileDescriptor file, std::filesystem::path path,
                       std::filesystem::path temporary)
    : file_(std::move(file)), path_(std::move(path)), temporary_(std::move(temporary)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})) {}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) {
        ::unlink(temporary_.c_str());
    }
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
    return write_all(file_.get(), bytes, path_);
}

Result<void> AtomicFile::write(std::string_view text) {
    return write_all(file_.get(), text, path_);
}

Result<void> AtomicFile::commit(const BeforeReplacing& before_replacing) {
    TRILBY_CHECK(publish_file(file_.get(), temporary_, path_, before_replacing));
    temporary_.clear();
    file_.reset();
    return {};
}

Result<void> AtomicFile::commit_new() {
    if (::fsync(file_.get()) != 0) {
        return std::unexpected(system_error(errno, "sync", temporary_));
    }
    if (!rename_to_new(temporary_, path_)) {
        return std::unexpected(system_error(errno, "create", path_));
    }
    temporary_.clear();
    file_.reset();
    return sync_folder(folder_of(path_));
}

}  // namespace trilby::platform
