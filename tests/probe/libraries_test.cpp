// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

std::vector<LibraryFile> libraries_of(const MadeMachine& made) {
    return probe({.root = made.root()}).libraries.value_or({});
}

TEST(Libraries, TakesTheVersionFromTheTargetOfTheLink) {
    const MadeMachine made;
    made.write("usr/lib64/libcuda.so.580.95.05", "");
    made.link("usr/lib64/libcuda.so.1", "libcuda.so.580.95.05");
    const auto found = libraries_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "/usr/lib64/libcuda.so.1");
    EXPECT_EQ(found[0].version.value_or(""), "580.95.05");
}

/// The links on Debian, where two packages can provide a driver.
TEST(Libraries, TakesTheVersionFromTheEndOfALinkChain) {
    const MadeMachine made;
    const std::string folder = "usr/lib/x86_64-linux-gnu/";
    made.link(folder + "libcuda.so.1", "/etc/alternatives/nvidia--libcuda.so.1-x86_64-linux-gnu");
    made.link("etc/alternatives/nvidia--libcuda.so.1-x86_64-linux-gnu",
              "/usr/lib/x86_64-linux-gnu/nvidia/current/libcuda.so.1");
    made.link(folder + "nvidia/current/libcuda.so.1", "libcuda.so.580.95.05");
    made.write(folder + "nvidia/current/libcuda.so.580.95.05", "");
    const auto found = libraries_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].version.value_or(""), "580.95.05");
}

TEST(Libraries, AVersionIsANumber) {
    const MadeMachine made;
    made.link("usr/lib64/libcuda.so.1", "/opt/libcuda.so.1-x86_64-linux-gnu");
    made.write("opt/libcuda.so.1-x86_64-linux-gnu", "");
    const auto found = libraries_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].version.presence(), Presence::absent);
}

TEST(Libraries, SearchesTheFoldersInTheOrderOfTheLoader) {
    const MadeMachine made;
    made.write("trilby-recording.json", R"({"recording": 1, "statuses": {}, "answers": {
        "environment variable LD_LIBRARY_PATH": "/opt/first:relative::/none"}})");
    for (const char* folder : {"opt/first", "opt/rocm-7.0/lib", "usr/lib64"}) {
        made.write(std::string(folder) + "/libamdhip64.so.7", "");
    }
    made.write("etc/ld.so.conf.d/rocm.conf", "# ROCm\n/opt/rocm-7.0/lib\n");
    const auto found = libraries_of(made);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].path, "/opt/first/libamdhip64.so.7");
    EXPECT_EQ(found[1].path, "/opt/rocm-7.0/lib/libamdhip64.so.7");
    EXPECT_EQ(found[2].path, "/usr/lib64/libamdhip64.so.7");
    EXPECT_EQ(found[0].version.presence(), Presence::absent);
}

/// As ldconfig does.
TEST(Libraries, OnlyFilesOfTheLoaderHaveFolders) {
    const MadeMachine made;
    made.write("opt/old/lib/libcuda.so.1", "");
    made.write("etc/ld.so.conf.d/cuda.conf.rpmsave", "/opt/old/lib\n");
    made.make_folder("etc/ld.so.conf.d/folder");
    made.make_folder("usr/lib64");
    EXPECT_TRUE(libraries_of(made).empty());
    EXPECT_TRUE(probe({.root = made.root()}).environment.unread.empty());
}

TEST(Libraries, OnlyTheVariableMakesALibraryPreferred) {
    const MadeMachine made;
    made.write("trilby-recording.json", R"({"recording": 1, "statuses": {}, "answers": {
        "environment variable LD_LIBRARY_PATH": "/usr/local/cuda-12.1/lib64:"}})");
    for (const char* folder : {"usr/local/cuda-12.1/lib64", "usr/lib64"}) {
        made.link(std::string(folder) + "/libnvJitLink.so.12", "libnvJitLink.so.12.1.105");
        made.write(std::string(folder) + "/libnvJitLink.so.12.1.105", "");
    }
    const auto found = probe({.root = made.root()}).environment.preferred_libraries;
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].path, "/usr/local/cuda-12.1/lib64/libnvJitLink.so.12");
    EXPECT_EQ(found[0].version.value_or(""), "12.1.105");
}

TEST(Libraries, ABrokenLinkIsNotALibrary) {
    const MadeMachine made;
    made.link("usr/lib64/libcuda.so.1", "libcuda.so.580.95.05");
    const auto libraries = probe({.root = made.root()}).libraries;
    ASSERT_TRUE(libraries);
    EXPECT_TRUE(libraries->empty());
}

TEST(Libraries, NothingIsKnownWithoutFolders) {
    EXPECT_EQ(probe({.root = MadeMachine().root()}).libraries.presence(), Presence::absent);
}

}  // namespace
}  // namespace trilby
