// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/large_file.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace trilby::platform {

LargeFile::LargeFile(FileDescriptor file) : file_(std::move(file)) {
    struct stat info {};
    if (::fstat(file_.get(), &info) == 0 && info.st_size > 0) {
        size_bytes_ = static_cast<std::uint64_t>(info.st_size);
    }
}

std::optional<std::string> LargeFile::read(std::uint64_t offset, std::size_t size_bytes) const {
    if (offset > size_bytes_ || size_bytes > size_bytes_ - offset) {
        return std::nullopt;
    }
    std::string bytes(size_bytes, '\0');
    for (std::size_t filled = 0; filled < size_bytes;) {
        const ssize_t got = ::pread(file_.get(), bytes.data() + filled, size_bytes - filled,
                                    static_cast<off_t>(offset + filled));
        if (got > 0) {
            filled += static_cast<std::size_t>(got);
        } else if (got == 0 || errno != EINTR) {
            return std::nullopt;
        }
    }
    return bytes;
}

}  // namespace trilby::platform
