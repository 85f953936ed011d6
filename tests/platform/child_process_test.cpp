// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/forbidden_call.hpp"

namespace trilby::platform {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr auto patience = 30s;

ChildProcess shell(const std::string& script, ChildOptions options = {}) {
    options.program = "/bin/sh";
    options.arguments = {"-c", script};
    return ChildProcess::spawn(options).value();
}

/// Reads up to the end of the stream.
std::string drained(const FileDescriptor& from) {
    std::string text;
    std::array<char, 4096> bytes{};
    pollfd readable{from.get(), POLLIN, 0};
    while (::poll(&readable, 1, 30'000) == 1) {
        const ssize_t got = ::read(from.get(), bytes.data(), bytes.size());
        if (got <= 0) {
            break;
        }
        text.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::string output_of(const std::string& script, ChildOptions options = {}) {
    auto child = shell(script, std::move(options));
    return drained(child.standard_output());
}

TEST(ChildProcess, ReportsHowTheChildEnded) {
    const auto exited = shell("exit 7").wait(patience);
    ASSERT_TRUE(exited);
    EXPECT_FALSE(exited->was_signaled);
    EXPECT_EQ(exited->code, 7);
    const auto signaled = shell("kill -ABRT $$").wait(patience);
    ASSERT_TRUE(signaled);
    EXPECT_TRUE(signaled->was_signaled);
    EXPECT_EQ(signaled->code, SIGABRT);
}

/// Prints the error of a start and ends the process.
[[noreturn]] void report_start() {
    const auto child = ChildProcess::spawn({.program = "/bin/true"});
    const Error error = child ? Error{} : child.error();
    fmt::print(stderr, "code {}: {}; {}\n", static_cast<int>(error.code), error.message,
               error.hint);
    ::_exit(0);
}

TEST(ChildProcessDeathTest, ASandboxIsNotTakenForAMissingProgram) {
    for (const unsigned number : {SYS_socketpair, SYS_pidfd_open, SYS_eventfd2}) {
        EXPECT_EXIT(
            (trilby::testing::forbid_call(number, EPERM), report_start()),
            ::testing::ExitedWithCode(0),
            "code 69: cannot start '/bin/true': [a-z_]+: Operation not permitted; a sandbox");
    }
}

TEST(ChildProcessDeathTest, AShortageOfDescriptorsIsNotTakenForAMissingProgram) {
#ifdef TRILBY_SANITIZED
    GTEST_SKIP() << "the sanitizer itself needs descriptors";
#endif
    const auto limit_and_start = [] {
        const rlimit few{4, 4};
        ::setrlimit(RLIMIT_NOFILE, &few);
        report_start();
    };
    EXPECT_EXIT(limit_and_start(), ::testing::ExitedWithCode(0),
                "code 74: cannot start '/bin/true': Too many open files; .*ulimit -n");
}

TEST(ChildProcess, WaitsNoLongerThanTheLimit) {
    auto child = shell("exec sleep 1000");
    EXPECT_EQ(child.wait(0ms), std::nullopt);
    EXPECT_EQ(child.kill()->code, SIGKILL);
}

TEST(ChildProcess, SeparatesTheStreams) {
    auto child = shell("echo out; echo err >&2; echo channel >&3; cat");
    EXPECT_EQ(drained(child.standard_output()), "out\n");
    EXPECT_EQ(drained(child.standard_error()), "err\n");
    EXPECT_EQ(drained(child.channel()), "channel\n");
}

TEST(ChildProcess, GivesTheChildOnlyFourDescriptors) {
    constexpr int beyond_the_childs_own = 100;
    // F_DUPFD does not set close-on-exec.
    const int leaked = ::fcntl(STDERR_FILENO, F_DUPFD, beyond_the_childs_own);
    ASSERT_GE(leaked, beyond_the_childs_own);
    // The fifth is the shell's own descriptor for the listed folder.
    EXPECT_EQ(output_of("for f in /proc/self/fd/*; do echo ${f##*/}; done | sort -n | head -4; "
                        "test -e /proc/self/fd/" +
                        std::to_string(leaked) + " && echo leaked"),
              "0\n1\n2\n3\n");
    ::close(leaked);
}

TEST(ChildProcess, StartsWithoutAStandardInput) {
    const int kept = ::dup(STDIN_FILENO);
    ::close(STDIN_FILENO);
    const std::string output = output_of("echo out; cat");
    ::dup2(kept, STDIN_FILENO);
    ::close(kept);
    EXPECT_EQ(output, "out\n");
}

TEST(ChildProcess, AddsAndReplacesVariables) {
    ::setenv("TRILBY_TEST_KEPT", "kept", 1);
    ::setenv("TRILBY_TEST_SET", "old", 1);
    EXPECT_EQ(output_of("echo $TRILBY_TEST_KEPT $TRILBY_TEST_SET",
                        {.environment = {{"TRILBY_TEST_SET", "new"}}}),
              "kept new\n");
}

TEST(ChildProcess, LimitsTheAddressSpace) {
    EXPECT_EQ(output_of("ulimit -v", {.address_space_limit_bytes = 3ULL << 30}), "3145728\n");
}

TEST(ChildProcess, ResetsIgnoredAndBlockedSignals) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    auto* const previous = ::signal(SIGUSR1, SIG_IGN);
    const std::string output = output_of("grep -E 'Sig(Blk|Ign)' /proc/self/status");
    ::signal(SIGUSR1, previous);
    ::pthread_sigmask(SIG_UNBLOCK, &blocked, nullptr);
    EXPECT_EQ(output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(ChildProcess, DetectsTheEndEvenIfTheKernelReaps) {
    auto* const previous = ::signal(SIGCHLD, SIG_IGN);
    EXPECT_TRUE(shell("exit 0").wait(patience));
    ::signal(SIGCHLD, previous);
}

TEST(ChildProcess, KillsTheProcessesOfTheChild) {
    auto child = shell("sleep 1000 & sleep 1000 & echo started; wait");
    pollfd readable{child.standard_output().get(), POLLIN, 0};
    ASSERT_EQ(::poll(&readable, 1, 30'000), 1);
    child.kill();
    // The stream ends when all processes have closed its other end.
    EXPECT_EQ(drained(child.standard_output()), "started\n");
    EXPECT_EQ(drained(child.standard_error()), "");
}

TEST(ChildProcess, KillsTheProcessesOfAnEndedChild) {
    auto child = shell("sleep 1000 & echo started");
    ASSERT_TRUE(child.wait(patience));
    EXPECT_EQ(drained(child.standard_output()), "started\n");
}

TEST(ChildProcess, ReportsWhyAProgramDoesNotStart) {
    const auto missing = ChildProcess::spawn({.program = "/nonexistent/program"});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::unavailable);
    EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent/program"));
    EXPECT_THAT(missing.error().message, HasSubstr("No such file"));
    const auto folder = ChildProcess::spawn({.program = "/"});
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message, HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace trilby::platform
