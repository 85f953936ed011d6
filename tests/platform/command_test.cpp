// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/command.hpp"

#include <gmock/gmock.h>

namespace trilby::platform {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

Result<CommandOutput> run_script(const std::string& script, std::chrono::milliseconds limit = 60s) {
    return run_program({"/bin/sh", {"-c", script}}, limit);
}

TEST(RunProgram, ReturnsBothStreamsAndTheExitCode) {
    const auto output = run_script("seq 20000; echo no >&2; exit 3");
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit_code, 3);
    EXPECT_THAT(output->standard_output, HasSubstr("19999\n20000\n"));
    EXPECT_EQ(output->standard_error, "no\n");
}

TEST(RunProgram, PassesArgumentsUnchanged) {
    const auto output = run_program({"/bin/echo", {"a b", "$HOME", "'"}}, 60s);
    ASSERT_TRUE(output);
    EXPECT_EQ(output->standard_output, "a b $HOME '\n");
}

TEST(RunProgram, KillsAProgramThatTakesTooLong) {
    const auto output = run_script("sleep 60", 100ms);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::unavailable);
    EXPECT_THAT(output.error().message, HasSubstr("took longer than 0.1 s"));
}

TEST(RunProgram, KillsAProgramThatPrintsEndlessly) {
    const auto output = run_script("yes");
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, ErrorCode::bad_data);
}

TEST(RunProgram, ReportsAProgramThatDoesNotStart) {
    const auto output = run_program({"/nowhere/podman", {}}, 60s);
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
