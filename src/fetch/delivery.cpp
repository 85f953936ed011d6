// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/delivery.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::fetch {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether the file exists at `path`; an error for another file.
Result<bool> is_present(const train::PublishedFile& file, const std::filesystem::path& path) {
    const platform::FileDescriptor found = open_to_read(path);
    if (!found && errno == ENOENT) {
        return false;
    }
    if (!found) {
        return std::unexpected(platform::system_error(errno, "read", path));
    }
    TRILBY_TRY(how, difference(file, found.get(), path));
    if (how.empty()) {
        return true;
    }
    return failure(
        ErrorCode::cannot_create,
        fmt::format("'{}' exists and is not the publisher's file: {}", path.string(), how),
        "move it away, or fetch into another folder; it was not changed");
}

}  // namespace

platform::FileDescriptor open_to_read(const std::filesystem::path& path) {
    return platform::FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

Result<std::string> difference(const train::PublishedFile& file, int fd,
                               const std::filesystem::path& path) {
    struct stat info {};
    if (::fstat(fd, &info) != 0) {
        return std::unexpected(platform::system_error(errno, "read", path));
    }
    if (!S_ISREG(info.st_mode)) {
        return "it is not a regular file";
    }
    if (const auto size_bytes = static_cast<std::uint64_t>(info.st_size);
        size_bytes != file.size_bytes) {
        return fmt::format("it has {} bytes, expected {}", size_bytes, file.size_bytes);
    }
    TRILBY_TRY(sha256, sha256_of(fd, path));
    return sha256 == file.sha256
               ? std::string()
               : fmt::format("its SHA-256 is {}, expected {}", sha256, file.sha256);
}

Result<FileReport> deliver(const train::PublishedFile& file, const std::filesystem::path& folder,
                           const std::function<Result<Outcome>(PartFile)>& complete) {
    const Clock::time_point start = Clock::now();
    const std::filesystem::path target = folder / file.name;
    TRILBY_TRY(was_present, is_present(file, target));
    if (was_present) {
        return FileReport{file, Outcome::present, Clock::now() - start};
    }
    TRILBY_TRY(part, PartFile::open(target));
    // Another process may have finished the file before we got the lock.
    TRILBY_TRY(is_present_now, is_present(file, target));
    if (is_present_now) {
        return FileReport{file, Outcome::present, Clock::now() - start};
    }
    TRILBY_TRY(outcome, complete(std::move(part)));
    return FileReport{file, outcome, Clock::now() - start};
}

}  // namespace trilby::fetch
