// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "install/folders.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "install/paths.hpp"
#include "platform/command.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::install {
namespace {

using testing::TemporaryFolder;

/// Copies the layout probe to `place` in `folder`.
std::filesystem::path copied_probe(const TemporaryFolder& folder, const std::string& place) {
    const auto program = folder / place / "layout_probe";
    std::filesystem::create_directories(program.parent_path());
    std::filesystem::copy_file(testing::test_folder() / "layout_probe", program);
    return program;
}

/// The same in an installation below `folder`/opt, which has a libexec folder.
std::filesystem::path installed_probe(const TemporaryFolder& folder, const char* place) {
    std::filesystem::create_directories(folder / "opt" / paths::libexec);
    return copied_probe(folder, std::string("opt/") + place);
}

std::string layout_seen_by(const std::filesystem::path& program) {
    const auto output = platform::run_program({program, {}}, {.total = std::chrono::seconds(30)});
    return output ? output->standard_output : output.error().message;
}

std::string layout_below(const std::filesystem::path& prefix) {
    return fmt::format("{}\n{}\n{}\n", (prefix / paths::lib).string(),
                       (prefix / paths::libexec).string(), (prefix / paths::data).string());
}

TEST(InstallLayout, IsFoundFromAProgramInBin) {
    const TemporaryFolder folder;
    const auto program = installed_probe(folder, paths::bin);
    EXPECT_EQ(layout_seen_by(program), layout_below(folder / "opt"));
}

TEST(InstallLayout, IsFoundFromAProgramInLibexec) {
    const TemporaryFolder folder;
    const auto program = installed_probe(folder, paths::libexec);
    EXPECT_EQ(layout_seen_by(program), layout_below(folder / "opt"));
}

TEST(InstallLayout, IsFoundThroughASymbolicLink) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink(installed_probe(folder, paths::bin), folder / "link");
    EXPECT_EQ(layout_seen_by(folder / "link"), layout_below(folder / "opt"));
}

TEST(InstallLayout, IsTheConfiguredOneElsewhere) {
    const TemporaryFolder folder;
    EXPECT_EQ(layout_seen_by(copied_probe(folder, "elsewhere")), layout_below(paths::prefix));
}

TEST(InstallLayout, IsTheConfiguredOneForOtherProgramsInABinFolder) {
    const TemporaryFolder folder;
    EXPECT_EQ(layout_seen_by(copied_probe(folder, paths::bin)), layout_below(paths::prefix));
}

TEST(UserDataFolder, IsBelowTheBaseDirectory) {
    ::setenv("XDG_DATA_HOME", "/data", 1);
    EXPECT_EQ(user_data_folder(), "/data/trilby");
    ::unsetenv("XDG_DATA_HOME");
    ::setenv("HOME", "/home/ada", 1);
    EXPECT_EQ(user_data_folder(), "/home/ada/.local/share/trilby");
    ::unsetenv("HOME");
    EXPECT_EQ(user_data_folder(), "");
}

}  // namespace
}  // namespace trilby::install
