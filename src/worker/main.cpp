// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/print.hpp"
#include "platform/process.hpp"
#include "worker/host.hpp"

namespace {

constexpr int channel = 3;

bool is_socket(int fd) {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/// trilby shows the last output of a worker.
int report(const trilby::Error& error) {
    trilby::print_to(stderr, "trilby-worker: error: {}\n", error.message);
    return static_cast<int>(error.code);
}

/// SIGKILL, the death signal that trilby set, would not end what a module forked. Vendor libraries
/// do not use real-time signals.
void end_group_with_parent() {
    ::signal(SIGRTMIN, [](int) { trilby::worker::end_with_group(); });
    ::prctl(PR_SET_PDEATHSIG, SIGRTMIN);
}

/// Slurm and systemd ask every process of a job to end. `trilby` is asked as well, and cancels the
/// worker's job, which can then save.
void leave_ending_to_trilby() {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        ::signal(signal, SIG_IGN);
    }
}

}  // namespace

int main() {
    trilby::platform::prepare_process();
    if (!is_socket(channel)) {
        trilby::print_to(stderr,
                         "trilby-worker is started by trilby, with a socket as descriptor {}\n",
                         channel);
        return 64;
    }
    end_group_with_parent();
    leave_ending_to_trilby();
    ::fcntl(channel, F_SETFD, FD_CLOEXEC);     // vendor libraries start programs
    std::setvbuf(stdout, nullptr, _IOLBF, 0);  // a crash would lose buffered output
    return trilby::platform::run_to_end([] { return trilby::worker::Host(channel).serve(); },
                                        report);
}
