// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "worker/host.hpp"

namespace {

constexpr int channel = 3;

bool is_socket(int fd) {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

}  // namespace

int main() {
    if (!is_socket(channel)) {
        fmt::print(stderr, "trilby-worker is started by trilby, with a socket as descriptor {}\n",
                   channel);
        return 64;
    }
    ::fcntl(channel, F_SETFD, FD_CLOEXEC);     // not for the programs that vendor libraries start
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // last words count, and a crash flushes nothing
    return trilby::worker::Host(channel).serve();
}
