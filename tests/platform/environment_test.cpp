// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/environment.hpp"

#include <array>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "platform/child_process.hpp"
#include "platform/install_paths.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::platform {
namespace {

using testing::TemporaryFolder;

/// Puts the probe at `place` in `folder`.
std::filesystem::path installed_probe(const TemporaryFolder& folder, const std::string& place) {
    const auto program = folder / place / "layout_probe";
    std::filesystem::create_directories(program.parent_path());
    std::filesystem::copy_file(testing::test_folder() / "layout_probe", program);
    return program;
}

/// The same as an installation does it: with a folder for the programs that trilby starts.
std::filesystem::path installed_below_opt(const TemporaryFolder& folder, const char* place) {
    std::filesystem::create_directories(folder / "opt" / install_paths::libexec);
    return installed_probe(folder, std::string("opt/") + place);
}

/// Library folder, libexec folder, data folder, the variable, whether the process is set-user-id.
std::vector<std::string> probed(const std::filesystem::path& program) {
    auto child = ChildProcess::spawn({.program = program}).value();
    const auto status = child.wait(std::chrono::seconds(30));
    if (!status || status->was_signaled || status->code != 0) {
        throw std::runtime_error("the probe failed");
    }
    std::array<char, 4096> text{};
    const ssize_t got = ::read(child.standard_output().get(), text.data(), text.size());
    std::vector<std::string> lines;
    for (const auto line :
         split_lines({text.data(), got > 0 ? static_cast<std::size_t>(got) : 0})) {
        lines.emplace_back(line);
    }
    lines.resize(5);
    return lines;
}

void expect_layout_below(const std::filesystem::path& prefix,
                         const std::vector<std::string>& lines) {
    EXPECT_EQ(lines[0], prefix / install_paths::lib);
    EXPECT_EQ(lines[1], prefix / install_paths::libexec);
    EXPECT_EQ(lines[2], prefix / install_paths::data);
}

TEST(InstallLayout, IsFoundFromAProgramInBin) {
    const TemporaryFolder folder;
    const auto program = installed_below_opt(folder, install_paths::bin);
    expect_layout_below(folder / "opt", probed(program));
}

TEST(InstallLayout, IsFoundFromAProgramInLibexec) {
    const TemporaryFolder folder;
    const auto program = installed_below_opt(folder, install_paths::libexec);
    expect_layout_below(folder / "opt", probed(program));
}

TEST(InstallLayout, IsFoundThroughASymbolicLink) {
    const TemporaryFolder folder;
    const auto program = installed_below_opt(folder, install_paths::bin);
    std::filesystem::create_symlink(program, folder / "link");
    expect_layout_below(folder / "opt", probed(folder / "link"));
}

TEST(InstallLayout, IsTheConfiguredOneElsewhere) {
    const TemporaryFolder folder;
    expect_layout_below(install_paths::prefix, probed(installed_probe(folder, "elsewhere")));
}

TEST(InstallLayout, IsTheConfiguredOneForProgramsOfOthers) {
    const TemporaryFolder folder;
    expect_layout_below(install_paths::prefix, probed(installed_probe(folder, install_paths::bin)));
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
        GTEST_SKIP() << "only root can make a program that runs as another user";
    }
#if defined(TRILBY_SANITIZED) && !defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "the leak checker may not look into a program that runs as another user";
#endif
    ::setenv("TRILBY_TEST_VARIABLE", "x", 1);
    const TemporaryFolder folder;
    ::chmod(folder.path().c_str(), 0755);
    const auto program = installed_probe(folder, "bin");
    EXPECT_EQ(probed(program)[3], "x");
    constexpr uid_t nobody = 65534;
    ASSERT_EQ(::chown(program.c_str(), nobody, nobody), 0);
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    const auto lines = probed(program);
    if (lines[4] != "secure") {
        GTEST_SKIP() << "this file system does not obey the set-user-id bit";
    }
    EXPECT_EQ(lines[3], "unseen");
}

TEST(UserDataFolder, FollowsTheBaseDirectorySpecification) {
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(user_data_folder(), "/data/trilby");
    ::unsetenv("XDG_DATA_HOME");
    ::setenv("HOME", "/home/ada", 1);
    EXPECT_EQ(user_data_folder(), "/home/ada/.local/share/trilby");
    ::unsetenv("HOME");
    EXPECT_EQ(user_data_folder(), "");
}

}  // namespace
}  // namespace trilby::platform
