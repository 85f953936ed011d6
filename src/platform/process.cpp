// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <new>
#include <system_error>
#include <unistd.h>

#include "platform/atomic_file.hpp"

namespace trilby::platform {
namespace {

struct Stream {
    int fd;
    int flags;
};
constexpr std::array streams{Stream{STDIN_FILENO, O_WRONLY}, Stream{STDOUT_FILENO, O_RDONLY},
                             Stream{STDERR_FILENO, O_RDONLY}};

bool is_closed(int fd) {
    return ::fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

/// open() returns the lowest free number, which is that of the stream: those before it are open.
void occupy_standard_streams() {
    for (const Stream& stream : streams) {
        if (is_closed(stream.fd) && ::open("/dev/null", stream.flags) != stream.fd) {
            ::_exit(static_cast<int>(ErrorCode::io));  // nothing can be reported
        }
    }
}

Result<void> flush_standard_output() {
    std::cout.flush();
    // If the stream failed before, the reason is lost.
    const int error_number = std::fflush(stdout) == 0 ? EIO : errno;
    if (std::ferror(stdout) != 0 || std::cout.fail()) {
        return std::unexpected(system_error(error_number, "write to", "standard output"));
    }
    return {};
}

/// The error for an exception of the standard library or fmt.
Error error_of(const std::exception& exception) {
    const auto* failed = dynamic_cast<const std::system_error*>(&exception);
    if (std::ferror(stdout) != 0) {  // fmt::print() threw
        return system_error(failed == nullptr ? EIO : failed->code().value(), "write to",
                            "standard output");
    }
    if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr) {
        return {ErrorCode::io, "out of memory", system_error(ENOMEM, "", "").hint};
    }
    if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
        return system_error(file->code().value(), "use", file->path1());
    }
    if (failed != nullptr) {  // of the remaining calls, only starting a thread throws it
        return system_error(failed->code().value(), "start", "a thread");
    }
    return {ErrorCode::internal, exception.what(), "please report it"};
}

}  // namespace

void prepare_process() {
    occupy_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

Result<int> run_to_end(const std::function<int()>& program) {
    try {
        const int exit_code = program();
        const Result<void> flushed = flush_standard_output();
        return flushed || exit_code != 0 ? Result<int>(exit_code)
                                         : std::unexpected(flushed.error());
    } catch (const std::exception& exception) {
        return std::unexpected(error_of(exception));
    }
}

}  // namespace trilby::platform
