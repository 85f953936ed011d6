// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/logged_command.hpp"

#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <thread>

#include "support/temporary_folder.hpp"

namespace trilby::builder {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::read_file;
using testing::TemporaryFolder;

auto run_script(const TemporaryFolder& folder, const std::string& script,
                const platform::ChildLimits& limits = {.total = 60s}) {
    return run_logged({.program = "/bin/sh", .arguments = {"-c", script}}, folder / "log", limits);
}

TEST(RunLogged, LogsAllOutputInTheOrderOfTheRuns) {
    const TemporaryFolder folder;
    ASSERT_TRUE(run_script(folder, "echo out; echo err >&2"));
    ASSERT_TRUE(run_script(folder, "seq 100000"));
    const std::string log = read_file(folder / "log");
    EXPECT_THAT(log, HasSubstr("out\n"));
    EXPECT_THAT(log, HasSubstr("err\n"));
    EXPECT_THAT(log, HasSubstr("99999\n100000\n"));
}

TEST(RunLogged, FailureHasTheCodeAndTheLastOutput) {
    const TemporaryFolder folder;
    const auto done = run_script(folder, "seq 1000; echo no such header >&2; exit 3");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().error.code, ErrorCode::failed);
    EXPECT_EQ(done.error().error.message, "sh failed with code 3");
    EXPECT_THAT(done.error().last_output, HasSubstr("no such header\n"));
    EXPECT_THAT(done.error().last_output, Not(HasSubstr("900\n")));
}

TEST(RunLogged, LastOutputCannotControlATerminal) {
    const TemporaryFolder folder;
    const auto done = run_script(folder, "printf '\\033[2Jgone\\n'; exit 1");
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().last_output, Not(HasSubstr("\033")));
    EXPECT_THAT(done.error().last_output, HasSubstr("gone"));
}

TEST(RunLogged, ASignalIsReported) {
    const TemporaryFolder folder;
    const auto done = run_script(folder, "kill -SEGV $$");
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().error.message, "sh was ended by signal 11");
}

TEST(RunLogged, AHangingCommandIsEndedWithItsChildren) {
    const TemporaryFolder folder;
    const auto start = std::chrono::steady_clock::now();
    const auto done = run_script(folder, "sleep 60 & sleep 60", {.total = 100ms});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().error.code, ErrorCode::unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

TEST(RunLogged, AnInterruptEndsIt) {
    const TemporaryFolder folder;
    platform::InterruptWatch interrupts;
    std::jthread user([] {
        std::this_thread::sleep_for(100ms);
        std::raise(SIGINT);
    });
    const auto done = run_script(folder, "sleep 60", {.total = 60s, .interrupts = &interrupts});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().error.code, ErrorCode::interrupted);
}

// Ninja does this with compilers: they are in groups of their own, which it ends itself.
TEST(RunLogged, AnInterruptLetsACommandEndItsOtherGroups) {
    const TemporaryFolder folder;
    platform::InterruptWatch interrupts;
    std::jthread user([] {
        std::this_thread::sleep_for(500ms);
        std::raise(SIGINT);
    });
    const auto done = run_script(folder,
                                 "setsid sleep 60 & echo $! >'" + (folder / "pid").string() +
                                     "'; trap \"kill $!; exit 1\" TERM; wait",
                                 {.total = 60s, .interrupts = &interrupts});
    ASSERT_FALSE(done);
    const std::string pid = read_file(folder / "pid");
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (::kill(std::stoi(pid), 0) == 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_NE(::kill(std::stoi(pid), 0), 0) << "it still runs";
}

TEST(RunLogged, LastOutputBeginsWithTheFirstError) {
    const TemporaryFolder folder;
    const auto done =
        run_script(folder, "echo 'a.cpp:1: error: no such type'; seq 100; echo stopped; exit 1");
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().last_output,
                ::testing::StartsWith("a.cpp:1: error: no such type\n1\n"));
}

TEST(RunLogged, AMissingProgramIsAnError) {
    const TemporaryFolder folder;
    const auto done = run_logged({.program = folder / "none"}, folder / "log", {.total = 60s});
    EXPECT_FALSE(done);
}

TEST(RunLogged, AnUnwritableLogIsAnError) {
    const TemporaryFolder folder;
    const auto done = run_logged({.program = "/bin/true"}, folder / "no such folder" / "log", {});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().error.message, HasSubstr("no such folder"));
}

}  // namespace
}  // namespace trilby::builder
