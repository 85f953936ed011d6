// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/child_output.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>

namespace trilby::platform {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;

Result<ExitStatus> follow_script(const std::string& script, const OutputSink& sink,
                                 std::chrono::milliseconds limit = 60s) {
    auto child = ChildProcess::spawn({.program = "/bin/sh", .arguments = {"-c", script}});
    if (!child) {
        return std::unexpected(child.error());
    }
    return follow(*child, sink, {.total = limit});
}

TEST(Follow, DeliversAllOutputBeforeReturning) {
    std::string output;
    std::string error;
    const auto status =
        follow_script("seq 30000; seq 9000 >&2; printf last; exit 4",
                      [&](ChildStream stream, std::string_view piece) -> Result<void> {
                          (stream == ChildStream::output ? output : error) += piece;
                          return {};
                      });
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 4);
    EXPECT_THAT(output, EndsWith("\n30000\nlast"));
    EXPECT_THAT(error, EndsWith("\n9000\n"));
}

// The size that pipes have by default where pages have 64 KiB.
TEST(Follow, DeliversAllOutputOfALargePipe) {
    auto child = ChildProcess::spawn(
        {.program = "/bin/sh", .arguments = {"-c", "sleep 0.1; seq 100000; printf last"}});
    ASSERT_TRUE(child);
    if (::fcntl(child->standard_output().get(), F_SETPIPE_SZ, 1 << 20) < 0) {
        GTEST_SKIP() << "the kernel does not enlarge the pipe";
    }
    pollfd ended{child->handle().get(), POLLIN, 0};
    ASSERT_EQ(::poll(&ended, 1, 60'000), 1);
    std::string output;
    ASSERT_TRUE(follow(*child,
                       [&output](ChildStream, std::string_view piece) -> Result<void> {
                           output += piece;
                           return {};
                       },
                       {.total = 60s}));
    EXPECT_THAT(output, EndsWith("\n100000\nlast"));
}

// It is in a group of its own, so that it is not killed with the child.
TEST(Follow, AnOrphanThatPrintsDoesNotExtendTheEnd) {
    const auto status =
        follow_script("setsid sh -c 'while echo more; do :; done' & sleep 0.1; exit 6",
                      [](ChildStream, std::string_view) -> Result<void> { return {}; });
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 6);
}

TEST(Follow, EndlessOutputDoesNotExtendTheLimit) {
    const auto status = follow_script(
        "exec yes", [](ChildStream, std::string_view) -> Result<void> { return {}; }, 200ms);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::unavailable);
    EXPECT_THAT(status.error().message, HasSubstr("longer than 0.2 s"));
}

TEST(Follow, AnErrorOfTheSinkEndsTheChild) {
    const auto status =
        follow_script("echo first; sleep 600", [](ChildStream, std::string_view) -> Result<void> {
            return failure(ErrorCode::failed, "the disk is full");
        });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().message, "the disk is full");
}

TEST(Follow, AClosedOutputIsNotTheEnd) {
    const auto status =
        follow_script("exec >&- 2>&-; sleep 0.2; exit 5",
                      [](ChildStream, std::string_view) -> Result<void> { return {}; });
    ASSERT_TRUE(status);
    EXPECT_EQ(status->code, 5);
}

}  // namespace
}  // namespace trilby::platform
