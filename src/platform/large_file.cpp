// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/large_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/atomic_file.hpp"

namespace trilby::platform {

LargeFile::LargeFile(FileDescriptor file) : file_(std::move(file)) {
    struct stat info {};
    if (::fstat(file_.get(), &info) == 0 && info.st_size > 0) {
        size_bytes_ = static_cast<std::uint64_t>(info.st_size);
    }
}

Result<LargeFile> LargeFile::open(const std::filesystem::path& path) {
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        return std::unexpected(input_error(errno, path));
    }
    return of(std::move(file), path);
}

Result<LargeFile> LargeFile::of(FileDescriptor file, const std::filesystem::path& path) {
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) {
        return std::unexpected(input_error(errno, path));
    }
    if (!S_ISREG(info.st_mode)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is not a regular file", path.string()));
    }
    return LargeFile(std::move(file), static_cast<std::uint64_t>(info.st_size));
}

std::optional<std::string> LargeFile::read(std::uint64_t offset, std::size_t size_bytes) const {
    if (offset > size_bytes_ || size_bytes > size_bytes_ - offset) {
        return std::nullopt;
    }
    std::string bytes(size_bytes, '\0');
    return read(offset, std::as_writable_bytes(std::span(bytes))) ? std::optional(std::move(bytes))
                                                                  : std::nullopt;
}

bool LargeFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t got =
            ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got > 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(got));
            offset += static_cast<std::uint64_t>(got);
        } else if (got == 0 || errno != EINTR) {
            return false;
        }
    }
    return true;
}

}  // namespace trilby::platform
