// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/environment.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/command.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::platform {
namespace {

std::string output_of(const std::filesystem::path& program) {
    const auto output = run_program({program, {}}, {.total = std::chrono::seconds(30)});
    return output ? output->standard_output : output.error().message;
}

TEST(EnvironmentVariable, IsNothingIfEmptyOrUnset) {
    ::unsetenv("TRILBY_TEST_VARIABLE");
    EXPECT_EQ(environment_variable("TRILBY_TEST_VARIABLE"), std::nullopt);
    ::setenv("TRILBY_TEST_VARIABLE", "", 1);
    EXPECT_EQ(environment_variable("TRILBY_TEST_VARIABLE"), std::nullopt);
    ::setenv("TRILBY_TEST_VARIABLE", "x", 1);
    EXPECT_EQ(environment_variable("TRILBY_TEST_VARIABLE"), "x");
}

TEST(EnvironmentVariable, IsNotSeenBySetUserIdPrograms) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can create a program that runs as another user";
    }
#if defined(TRILBY_SANITIZED) && !defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the leak checker cannot inspect a program that runs as another user";
#endif
    ::setenv("TRILBY_TEST_VARIABLE", "x", 1);
    const testing::TemporaryFolder folder;
    ::chmod(folder.path().c_str(), 0755);
    const auto program = folder / "variable_probe";
    std::filesystem::copy_file(testing::test_folder() / "variable_probe", program);
    EXPECT_EQ(output_of(program), "x plain\n");
    constexpr uid_t nobody = 65534;
    ASSERT_EQ(::chown(program.c_str(), nobody, nobody), 0);
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    const std::string output = output_of(program);
    if (!output.ends_with(" secure\n")) {
        GTEST_SKIP() << "this file system ignores the set-user-id bit";
    }
    EXPECT_EQ(output, "unseen secure\n");
}

TEST(XdgBaseDirectory, IsTheVariableOrAFolderInHome) {
    ::setenv("HOME", "/home/ada", 1);
    ::setenv("XDG_CONFIG_HOME", "/config", 1);
    EXPECT_EQ(xdg_config_home(), "/config");
    ::setenv("XDG_CONFIG_HOME", "relative", 1);
    EXPECT_EQ(xdg_config_home(), "/home/ada/.config");
    ::unsetenv("XDG_CONFIG_HOME");
    EXPECT_EQ(xdg_config_home(), "/home/ada/.config");
    ::unsetenv("HOME");
    EXPECT_EQ(xdg_config_home(), "");
}

}  // namespace
}  // namespace trilby::platform
