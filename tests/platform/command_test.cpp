// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/command.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Result<CommandOutput> run_script(const std::string& script,
                                 const ChildLimits& limits = {.total = 60s}) {
    return run_program({"/bin/sh", {"-c", script}}, limits);
}

/// For a process that is not our child: one that nobody has waited for yet has ended, too.
bool ends_within(pid_t pid, std::chrono::milliseconds limit) {
    const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended{handle.get(), POLLIN, 0};
    return !handle || ::poll(&ended, 1, static_cast<int>(limit.count())) == 1;
}

/// Waits in another thread for the content of a file, and then does what Ctrl-C does.
std::jthread interrupt_once_there_is(const std::filesystem::path& file) {
    return std::jthread([file] {
        while (trilby::testing::read_file(file).empty()) {
            std::this_thread::sleep_for(5ms);
        }
        std::raise(SIGINT);
    });
}

TEST(RunProgram, ReturnsBothStreamsAndTheExitCode) {
    const auto output = run_script("seq 20000; echo no >&2; exit 3");
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit_code, 3);
    EXPECT_THAT(output->standard_output, HasSubstr("19999\n20000\n"));
    EXPECT_EQ(output->standard_error, "no\n");
}

TEST(RunProgram, PassesArgumentsUnchanged) {
    const auto output = run_program({"/bin/echo", {"a b", "$HOME", "'"}}, {.total = 60s});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->standard_output, "a b $HOME '\n");
}

TEST(RunProgram, KillsAProgramThatTakesTooLong) {
    const auto output = run_script("sleep 60", {.total = 100ms});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::unavailable);
    EXPECT_THAT(output.error().message, HasSubstr("took longer than 0.1 s"));
}

TEST(RunProgram, AnInterruptEndsTheProgramAndItsChildren) {
    const trilby::testing::TemporaryFolder folder;
    const auto pid_file = folder / "pid";
    InterruptWatch interrupts;
    const std::jthread user = interrupt_once_there_is(pid_file);
    const auto output = run_script("sleep 60 & echo $! >'" + pid_file.string() + "'; wait",
                                   {.total = 60s, .interrupts = &interrupts});
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::interrupted);
    EXPECT_TRUE(ends_within(std::stoi(trilby::testing::read_file(pid_file)), 10s));
}

// Podman does this: a container that is half created could not be created again.
TEST(RunProgram, AnInterruptLetsTheChildrenFinishWhatTheyDo) {
    const trilby::testing::TemporaryFolder folder;
    InterruptWatch interrupts;
    const std::jthread user = interrupt_once_there_is(folder / "pid");
    folder.write("child",
                 "trap 'sleep 0.3; echo cleaned >done; exit' TERM\n"
                 "echo $$ >pid; while :; do sleep 0.01; done");
    const auto output = run_script("cd '" + folder.path().string() + "'; sh ./child & wait",
                                   {.total = 60s, .interrupts = &interrupts});
    ASSERT_FALSE(output);
    EXPECT_EQ(trilby::testing::read_file(folder / "done"), "cleaned\n");
}

TEST(RunProgram, KillsAProgramThatPrintsEndlessly) {
    const auto output = run_script("yes");
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::bad_data);
}

TEST(RunProgram, ReportsAProgramThatDoesNotStart) {
    const auto output = run_program({"/nowhere/podman", {}}, {.total = 60s});
    ASSERT_FALSE(output);
    EXPECT_THAT(output.error().message, HasSubstr("/nowhere/podman"));
    EXPECT_EQ(output.error().hint, "");
}

TEST(ReplaceProcess, ReportsAProgramThatDoesNotStart) {
    const Error missing = replace_process({"/nowhere/toolbox", {"enter"}});
    EXPECT_THAT(missing.message, HasSubstr("/nowhere/toolbox"));
    EXPECT_EQ(missing.code, ErrorCode::unavailable);
    EXPECT_EQ(replace_process({"/etc/passwd", {}}).hint, "") << "no output folder is meant";
}

}  // namespace
}  // namespace trilby::platform
