// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/interrupt.hpp"

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <poll.h>
#include <thread>

namespace trilby::platform {
namespace {

bool is_readable(int fd) {
    pollfd readable{fd, POLLIN, 0};
    return ::poll(&readable, 1, 0) == 1;
}

TEST(InterruptWatch, CountsInsteadOfEnding) {
    InterruptWatch interrupts;
    EXPECT_FALSE(is_readable(interrupts.fd()));
    EXPECT_EQ(interrupts.count(), 0);
    ::raise(SIGINT);
    EXPECT_TRUE(is_readable(interrupts.fd()));
    EXPECT_EQ(interrupts.count(), 1);
    EXPECT_FALSE(is_readable(interrupts.fd())) << "count() drains";
    ::raise(SIGTERM);
    ::raise(SIGHUP);
    EXPECT_TRUE(is_readable(interrupts.fd()));
    EXPECT_EQ(interrupts.count(), 3);
}

// timeout(1) signals its child and then its child's process group.
TEST(InterruptWatch, CountsARepeatedSignalOnce) {
    InterruptWatch interrupts;
    ::raise(SIGTERM);
    ::raise(SIGTERM);
    EXPECT_EQ(interrupts.count(), 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    ::raise(SIGTERM);
    EXPECT_EQ(interrupts.count(), 2);
}

TEST(InterruptWatch, StartsFromZero) {
    {
        const InterruptWatch earlier;
        ::raise(SIGINT);
    }
    InterruptWatch interrupts;
    EXPECT_FALSE(is_readable(interrupts.fd()));
    EXPECT_EQ(interrupts.count(), 0);
}

TEST(InterruptWatch, RestoresThePreviousHandlers) {
    static volatile std::sig_atomic_t handled = 0;
    auto* const previous = ::signal(SIGINT, [](int) { handled = 1; });
    { const InterruptWatch interrupts; }
    ::raise(SIGINT);
    ::signal(SIGINT, previous);
    EXPECT_EQ(handled, 1);
}

TEST(InterruptWatch, LeavesIgnoredSignalsIgnored) {
    auto* const previous = ::signal(SIGHUP, SIG_IGN);
    {
        InterruptWatch interrupts;
        ::raise(SIGHUP);
        EXPECT_EQ(interrupts.count(), 0);
    }
    EXPECT_EQ(::signal(SIGHUP, previous), SIG_IGN);
}

}  // namespace
}  // namespace trilby::platform
