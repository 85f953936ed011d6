// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

#include "base/try.hpp"

namespace trilby::platform {
namespace {

Result<void> sync_folder_of(const std::filesystem::path& path) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some file systems cannot sync a folder (EINVAL); there the rename is as durable as it gets.
    if (!directory || (::fsync(directory.get()) != 0 && errno != EINVAL)) {
        return std::unexpected(system_error(errno, "sync", folder));
    }
    return {};
}

}  // namespace

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
                    "choose a folder that you may write to, or mend its permissions"};
        case EROFS:
            return {ErrorCode::cannot_create, message,
                    "the file system is mounted read-only; choose another folder"};
        case ENOENT:
        case ENOTDIR:
        case EEXIST:
        case EISDIR:
        case ENAMETOOLONG:
            return {ErrorCode::cannot_create, message, "check the path"};
        default:
            return {ErrorCode::io, message, {}};
    }
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

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    std::filesystem::path temporary = path;
    temporary += fmt::format(".{}.tmp", ::getpid());
    // A file of this name can only be left from a dead process that had our number.
    ::unlink(temporary.c_str());
    FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file) {
        return std::unexpected(system_error(errno, "create", path));
    }
    return AtomicFile(std::move(file), path, std::move(temporary));
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

Result<void> AtomicFile::commit() {
    if (::fsync(file_.get()) != 0) {
        return std::unexpected(system_error(errno, "sync", path_));
    }
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return std::unexpected(system_error(errno, "replace", path_));
    }
    temporary_.clear();
    file_.reset();
    return sync_folder_of(path_);
}

}  // namespace trilby::platform
