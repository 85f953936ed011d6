// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>

#include "base/text.hpp"
#include "platform/file_descriptor.hpp"

namespace trilby::platform {
namespace {

constexpr std::size_t most_reads = 1'000'000;
constexpr std::size_t longest_record = 8192;  // the kernel's limit

Presence presence_of(int error_number) {
    return error_number == EACCES || error_number == EPERM ? Presence::denied : Presence::absent;
}

/// A record is "6,339,5140900,-;MESSAGE", and further lines about it begin with a space.
void take_record(std::string_view record, const std::function<void(std::string_view)>& take) {
    for (const std::string_view line : split_lines(record)) {
        const std::size_t end_of_header = line.find(';');
        if (!line.starts_with(' ') && end_of_header != std::string_view::npos) {
            take(line.substr(end_of_header + 1));
        }
    }
}

}  // namespace

Presence for_each_kernel_message(const std::filesystem::path& path,
                                 const std::function<void(std::string_view)>& take) {
    const FileDescriptor log(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!log) {
        return presence_of(errno);
    }
    std::array<char, longest_record> record{};
    for (std::size_t i = 0; i < most_reads; ++i) {
        const ssize_t size = ::read(log.get(), record.data(), record.size());
        if (size > 0) {
            take_record({record.data(), static_cast<std::size_t>(size)}, take);
        } else if (size == 0 || errno == EAGAIN) {
            return Presence::present;
        } else if (errno != EINTR && errno != EPIPE) {  // EPIPE: a record was just overwritten
            return presence_of(errno);
        }
    }
    return Presence::malformed;
}

}  // namespace trilby::platform
