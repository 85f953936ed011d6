// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/scratch_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <string>
#include <string_view>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

#include "base/try.hpp"
#include "base/units.hpp"
#include "platform/atomic_file.hpp"
#include "platform/environment.hpp"
#include "platform/free_space.hpp"

namespace trilby::platform {
namespace {

/// Not all file systems can make a file without a name.
FileDescriptor open_unnamed(const std::filesystem::path& folder) {
    FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600));
    if (file || (errno != EOPNOTSUPP && errno != EISDIR)) {
        return file;
    }
    std::string name = folder / "trilby-data-XXXXXX";
    file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
    if (file) {
        ::unlink(name.c_str());
    }
    return file;
}

bool is_in_memory(const FileDescriptor& file) {
    struct statfs info {};
    return ::fstatfs(file.get(), &info) == 0 &&
           (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}

/// 0 or the number of the error.
int reserve_space(const FileDescriptor& file, std::uint64_t bytes) {
    int error = EINTR;
    while (error == EINTR) {
        error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
    }
    return error;
}

}  // namespace

std::filesystem::path scratch_folder() {
    return environment_variable("TMPDIR").value_or("/var/tmp");
}

Result<FileDescriptor> create_scratch_file(const std::filesystem::path& folder, std::uint64_t bytes,
                                           const char* why) {
    const std::string where =
        fmt::format("a file of {} in '{}' for {}", format_bytes(bytes), folder.string(), why);
    const auto refused = [&](std::string_view why_not) {
        return failure(ErrorCode::io, fmt::format("cannot create {}: {}", where, why_not),
                       "set TMPDIR to a folder on a disk with enough space");
    };
    FileDescriptor file = open_unnamed(folder);
    if (!file) {
        return refused(std::generic_category().message(errno));
    }
    if (is_in_memory(file)) {
        return refused("the folder is in memory");
    }
    if (const auto free = free_space_bytes(folder); free && *free < bytes) {
        return refused(fmt::format("only {} are free there", format_bytes(*free)));
    }
    if (const int error_number = reserve_space(file, bytes); error_number != 0) {
        return refused(std::generic_category().message(error_number));
    }
    return file;
}

Result<FileDescriptor> reopen_to_read(const FileDescriptor& file) {
    const std::string path = fmt::format("/proc/self/fd/{}", file.get());
    FileDescriptor again(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!again) {
        return std::unexpected(system_error(errno, "open", path));
    }
    return again;
}

}  // namespace trilby::platform
