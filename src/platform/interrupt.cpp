// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/interrupt.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <sys/eventfd.h>
#include <unistd.h>

namespace trilby::platform {
namespace {

constexpr std::array watched_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE};

// A signal handler can only use globals. The descriptor is never closed: a handler that still runs
// in another thread must not write to a file that reuses its number.
std::atomic<int> g_event_fd{-1};
static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<int> g_count{0};
std::array<struct sigaction, watched_signals.size()> g_previous;

// timeout(1) signals its child and then the child's group, which the user means as one signal.
constexpr std::int64_t echo_ms = 250;
std::atomic<int> g_last_signal{0};
std::atomic<std::int64_t> g_last_ms{0};

std::int64_t now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// Every write to a closed pipe raises it again.
std::atomic<bool> g_has_broken_pipe{false};

/// True if the same signal arrived just before.
bool is_echo(int signal) {
    const std::int64_t now = now_ms();
    const std::int64_t last = g_last_ms.exchange(now, std::memory_order_relaxed);
    return g_last_signal.exchange(signal, std::memory_order_relaxed) == signal &&
           now - last < echo_ms;
}

extern "C" void note_signal(int signal) {
    const int saved_errno = errno;
    if (is_echo(signal) || (signal == SIGPIPE && g_has_broken_pipe.exchange(true))) {
        return;
    }
    g_count.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t ignored =
        ::write(g_event_fd.load(std::memory_order_relaxed), &one, sizeof one);
    errno = saved_errno;
}

}  // namespace

InterruptWatch::InterruptWatch() {
    if (g_event_fd < 0) {
        g_event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    static_cast<void>(count());  // forget signals of an earlier watch
    g_count = 0;
    g_last_signal = 0;
    g_has_broken_pipe = false;
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = SA_RESTART;  // only poll() shall notice
    for (std::size_t i = 0; i < watched_signals.size(); ++i) {
        ::sigaction(watched_signals[i], nullptr, &g_previous[i]);
        // nohup and similar programs want a signal ignored: keep that.
        if (g_previous[i].sa_handler != SIG_IGN) {
            ::sigaction(watched_signals[i], &action, nullptr);
        }
    }
}

InterruptWatch::~InterruptWatch() {
    for (std::size_t i = 0; i < watched_signals.size(); ++i) {
        ::sigaction(watched_signals[i], &g_previous[i], nullptr);
    }
}

int InterruptWatch::fd() const {
    return g_event_fd;
}

int InterruptWatch::count() {
    std::uint64_t drained = 0;
    [[maybe_unused]] const ssize_t ignored = ::read(g_event_fd, &drained, sizeof drained);
    return g_count;
}

}  // namespace trilby::platform
