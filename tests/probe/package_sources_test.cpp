// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "probe/environment/environment.hpp"
#include "support/made_elf.hpp"
#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {
namespace {

using platform::FileTree;
using testing::MadeMachine;

std::vector<Repository> repositories_of(const MadeMachine& made) {
    UnreadPaths unread;
    return read_repositories(FileTree(made.root()), unread).value_or({});
}

TEST(PackageSources, AnOverrideChangesTheMatchingRepositories) {
    const MadeMachine made;
    made.write("etc/yum.repos.d/a.repo",
               "[cuda-fedora43-x86_64]\nenabled=1\n"
               "[other]\nexcludepkgs = first*, second\n");
    made.write("etc/dnf/repos.override.d/99-config_manager.repo",
               "[cuda-fedora*]\nexcludepkgs=nvidia-driver*\n[other]\nenabled=0\n[third]\nx=y\n");
    const auto found = repositories_of(made);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].excludes, "nvidia-driver*");
    EXPECT_TRUE(found[0].is_enabled);
    EXPECT_EQ(found[1].excludes, "first*, second");
    EXPECT_FALSE(found[1].is_enabled);
}

TEST(PackageSources, IgnoresLinesBeforeTheFirstSection) {
    const MadeMachine made;
    made.write("etc/yum.repos.d/a.repo", "enabled=0\n=\n[]\n[id]\n#enabled=0\nenabled\n");
    const auto found = repositories_of(made);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].id, "id");
    EXPECT_TRUE(found[1].is_enabled);
}

TEST(PackageSources, LeavesOutAUrlWithAPassword) {
    const MadeMachine made;
    made.write("etc/yum.repos.d/a.repo", "[id]\nbaseurl=https://ada:secret@a/fedora43\n");
    const auto found = repositories_of(made);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].base_url, "");
}

TEST(PackageSources, ListsTheFirmwareOfTheLoadedRelease) {
    const MadeMachine made;
    made.write("sys/module/nvidia/version", "580.95.05\n");
    EXPECT_EQ(read_nvidia_firmware(FileTree(made.root())).presence(), Presence::absent);
    made.write("lib/firmware/nvidia/570.172.08/gsp_ga10x.bin", "");
    const auto without = read_nvidia_firmware(FileTree(made.root()));
    ASSERT_TRUE(without);
    EXPECT_TRUE(without->empty());
    made.write("lib/firmware/nvidia/580.95.05/gsp_ga10x.bin", "");
    const auto with = read_nvidia_firmware(FileTree(made.root()));
    ASSERT_TRUE(with);
    EXPECT_EQ(*with, std::vector<std::string>{"gsp_ga10x.bin"});
}

TEST(PackageSources, DoesNotFollowAVersionOutOfTheFolder) {
    const MadeMachine made;
    made.make_folder("lib/firmware/nvidia");
    for (const char* version : {"../../../etc", "..", ".", "580/95", "580..95", ""}) {
        made.write("sys/module/nvidia/version", version);
        EXPECT_FALSE(read_nvidia_firmware(FileTree(made.root()))) << version;
    }
}

TEST(PackageSources, ListsFailedBuildsOfAllDriverPackages) {
    UnreadPaths unread;
    const MadeMachine made;
    EXPECT_FALSE(read_failed_builds(FileTree(made.root()), unread));
    for (const char* path : {"nvidia/580.95.05-for-6.18.5.failed.log", "nvidia/580.95.05.log",
                             "nvidia-580xx/580.119.02-for-6.18.5.failed.log",
                             "v4l2loopback/0.15-for-6.18.5.failed.log"}) {
        made.write(std::string("var/cache/akmods/") + path, "");
    }
    const auto failed = read_failed_builds(FileTree(made.root()), unread);
    ASSERT_TRUE(failed);
    EXPECT_EQ(*failed, (std::vector<std::string>{"nvidia/580.95.05-for-6.18.5.failed.log",
                                                 "nvidia-580xx/580.119.02-for-6.18.5.failed.log"}));
}

TEST(PackageSources, ListsOnlyVersionsWithACompiler) {
    UnreadPaths unread;
    const MadeMachine made;
    EXPECT_FALSE(read_gcc_versions(FileTree(made.root()), unread));
    made.write("usr/libexec/gcc/x86_64-redhat-linux/15/cc1plus", "");
    made.write("usr/libexec/gcc/x86_64-redhat-linux/13/cc1", "");
    made.write("usr/libexec/gcc/x86_64-linux-gnu/14.2.1/cc1plus", "");
    made.write("usr/libexec/gcc/x86_64-linux-gnu/plugin/cc1plus", "");
    const auto versions = read_gcc_versions(FileTree(made.root()), unread);
    ASSERT_TRUE(versions);
    EXPECT_EQ(*versions, (std::vector<std::uint32_t>{14, 15}));
}

void add_module(const MadeMachine& made, const std::string& license) {
    made.write("lib/modules/6.18.5/modules.dep", "kernel/a.ko:\nextra/nvidia/nvidia.ko: a.ko\n");
    made.write("lib/modules/6.18.5/extra/nvidia/nvidia.ko",
               testing::MadeElf{.sections = {{".modinfo", "license=" + license + '\0'}}}.bytes());
}

TEST(PackageSources, TheLicenseOfAModuleTellsItsFlavor) {
    const MadeMachine made;
    UnreadPaths unread;
    const auto flavor_of = [&](const std::string& license) {
        add_module(made, license);
        return read_nvidia_module_flavor(FileTree(made.root()), "6.18.5", unread);
    };
    EXPECT_EQ(flavor_of("NVIDIA").value_or(""), "proprietary");
    EXPECT_EQ(flavor_of("Dual MIT/GPL").value_or(""), "open");
    EXPECT_EQ(flavor_of("other").presence(), Presence::malformed);
    EXPECT_EQ(flavor_of("NVIDIA").source(), "/lib/modules/6.18.5/extra/nvidia/nvidia.ko");
}

TEST(PackageSources, AKernelWithoutTheModuleHasNoFlavor) {
    const MadeMachine made;
    UnreadPaths unread;
    add_module(made, "NVIDIA");
    EXPECT_EQ(read_nvidia_module_flavor(FileTree(made.root()), "6.18.6", unread).presence(),
              Presence::absent);
}

/// The module is large, so it is only read if its flavor matters.
TEST(PackageSources, OnlyACardThatNeedsAFlavorHasTheModuleRead) {
    const MadeMachine made;
    add_module(made, "NVIDIA");
    made.write("proc/sys/kernel/osrelease", "6.18.5\n");
    made.make_folder("sys/module");
    const auto flavor = [&] {
        return probe({.root = made.root()}).environment.nvidia_module_flavor.value_or("not read");
    };
    EXPECT_EQ(flavor(), "not read");
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    EXPECT_EQ(flavor(), "not read");
    made.add({.address = "0000:02:00.0", .vendor = "0x10de", .device = "0x2b85"});
    EXPECT_EQ(flavor(), "proprietary");
    made.make_folder("sys/module/nvidia");
    EXPECT_EQ(flavor(), "not read");
}

TEST(PackageSources, ReportsWhichKernelsHaveNvidiasModule) {
    UnreadPaths unread;
    const MadeMachine made;
    made.write("lib/modules/6.18.5/modules.dep", "");
    made.write("lib/modules/6.18.5/build/Makefile", "");
    made.write("lib/modules/6.18.5/kernel/nvidia-580/nvidia.ko", "");
    made.write("lib/modules/6.18.6/extra/v4l2loopback/v4l2loopback.ko", "");
    const auto kernels = read_kernel_folders(FileTree(made.root()), unread);
    ASSERT_TRUE(kernels);
    ASSERT_EQ(kernels->size(), 2U);
    EXPECT_TRUE(kernels->at(0).has_modules);
    EXPECT_TRUE(kernels->at(0).has_headers);
    EXPECT_TRUE(kernels->at(0).has_nvidia);
    EXPECT_FALSE(kernels->at(1).has_modules);
    EXPECT_FALSE(kernels->at(1).has_nvidia);
}

}  // namespace
}  // namespace trilby::sources
