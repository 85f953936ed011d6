// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/part_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/sha256.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_lock.hpp"

namespace trilby::fetch {
namespace {

std::filesystem::path part_path(const std::filesystem::path& target) {
    std::filesystem::path path = target;
    path += ".part";
    return path;
}

/// The error for a failed call on the part, which is removed if nothing was written to it.
std::unexpected<Error> unusable(const platform::FileDescriptor& file, std::string_view doing,
                                const std::filesystem::path& path) {
    const int error_number = errno;
    if (::lseek(file.get(), 0, SEEK_END) == 0) {
        ::unlink(path.c_str());
    }
    return std::unexpected(platform::system_error(error_number, doing, path));
}

Result<void> lock(const platform::FileDescriptor& file, const std::filesystem::path& path) {
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            return failure(ErrorCode::cannot_create,
                           fmt::format("another process is fetching '{}'", path.string()),
                           "wait until it has ended");
        }
        if (errno != EINTR) {
            return unusable(file, "lock", path);
        }
    }
    return {};
}

}  // namespace

Result<void> for_each_piece(int fd, const std::filesystem::path& path,
                            const std::function<Result<void>(std::span<const std::byte>)>& take) {
    std::array<std::byte, 1U << 16> bytes;
    off_t offset = 0;
    while (const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), offset)) {
        if (got > 0) {
            TRILBY_CHECK(take(std::span(bytes).first(static_cast<std::size_t>(got))));
            offset += got;
        } else if (errno != EINTR) {
            return std::unexpected(platform::system_error(errno, "read", path));
        }
    }
    return {};
}

Result<std::string> sha256_of(int fd, const std::filesystem::path& path) {
    Sha256 digest;
    TRILBY_CHECK(for_each_piece(fd, path, [&](std::span<const std::byte> bytes) -> Result<void> {
        digest.update(bytes);
        return {};
    }));
    return digest.finish();
}

Result<PartFile> PartFile::open(const std::filesystem::path& target) {
    const std::filesystem::path path = part_path(target);
    while (true) {
        platform::FileDescriptor file(::open(
            path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
        if (!file) {
            return std::unexpected(platform::system_error(errno, "create", path));
        }
        TRILBY_CHECK(lock(file, path));
        struct stat info {};
        if (::fstat(file.get(), &info) != 0) {
            return unusable(file, "open", path);
        }
        if (!S_ISREG(info.st_mode)) {
            return failure(ErrorCode::cannot_create,
                           fmt::format("'{}' is not a regular file", path.string()), "remove it");
        }
        if (platform::is_still_at(file, path)) {
            return PartFile(std::move(file), target, static_cast<std::uint64_t>(info.st_size));
        }
    }
}

PartFile::PartFile(platform::FileDescriptor file, std::filesystem::path target,
                   std::uint64_t size_bytes)
    : file_(std::move(file)),
      target_(std::move(target)),
      path_(part_path(target_)),
      size_bytes_(size_bytes) {}

PartFile::PartFile(PartFile&& other) noexcept
    : file_(std::move(other.file_)),
      target_(std::move(other.target_)),
      path_(std::exchange(other.path_, {})),
      size_bytes_(other.size_bytes_) {}

PartFile::~PartFile() {
    if (!path_.empty() && size_bytes_ == 0) {
        ::unlink(path_.c_str());
    }
}

Result<void> PartFile::append(std::span<const std::byte> bytes) {
    TRILBY_CHECK(platform::write_all(file_.get(), bytes, path_));
    size_bytes_ += bytes.size();
    return {};
}

Result<void> PartFile::clear() {
    if (::ftruncate(file_.get(), 0) != 0) {
        return std::unexpected(platform::system_error(errno, "empty", path_));
    }
    size_bytes_ = 0;
    return {};
}

Result<std::string> PartFile::sha256() const {
    return sha256_of(file_.get(), path_);
}

Result<void> PartFile::publish() {
    TRILBY_CHECK(platform::publish_file(file_.get(), path_, target_));
    path_.clear();
    return {};
}

}  // namespace trilby::fetch
