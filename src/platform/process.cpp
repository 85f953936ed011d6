// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/process.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace trilby::platform {
namespace {

struct Stream {
    int fd;
    int flags;
};
constexpr std::array streams{Stream{STDIN_FILENO, O_WRONLY}, Stream{STDOUT_FILENO, O_RDONLY},
                             Stream{STDERR_FILENO, O_RDONLY}};

/// open() returns the lowest free number, which is that of the stream: those before it are open.
void occupy_standard_streams() {
    for (const Stream& stream : streams) {
        if (::fcntl(stream.fd, F_GETFD) < 0 && ::open("/dev/null", stream.flags) != stream.fd) {
            std::abort();  // nothing can be reported
        }
    }
}

}  // namespace

void prepare_process() {
    occupy_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

}  // namespace trilby::platform
