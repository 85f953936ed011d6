// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What may not be read is not missing.

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/made_machine.hpp"
#include "support/unprivileged.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using std::filesystem::perms;
using testing::MadeMachine;

void set_mode(const MadeMachine& made, const std::string& path, perms mode) {
    std::filesystem::permissions(made.root() / path, mode);
}

/// Probes while nobody may use a file or folder.
Machine probe_without(const MadeMachine& made, const std::string& path) {
    set_mode(made, "", perms(0755));
    const perms mode = std::filesystem::status(made.root() / path).permissions();
    set_mode(made, path, perms::none);
    Machine machine;
    {
        const testing::Unprivileged user;
        machine = probe({.root = made.root()});
    }
    set_mode(made, path, mode);  // so that the folder can be removed
    return machine;
}

/// A machine that has an entry of every list.
class Unread : public ::testing::Test {
  protected:
    Unread() {
        for (const char* file :
             {"usr/lib64/libcuda.so.1", "opt/libtorch/lib/libtorch_cpu.so",
              "lib/modules/6.18.5/modules.dep", "lib/modules/6.18.5/extra/nvidia.ko",
              "lib/modules/6.18.5/build/Makefile", "var/cache/akmods/nvidia/1.failed.log",
              "usr/libexec/gcc/x86_64-redhat-linux/15/cc1plus", "usr/bin/nvidia-smi",
              "run/secrets/other", "run/host/etc/os-release"}) {
            made_.write(file, "");
        }
        made_.write("etc/ld.so.conf.d/cuda.conf", "/usr/local/cuda/lib64\n");
        made_.write("etc/modprobe.d/own.conf", "blacklist nvidia\n");
        made_.write("etc/udev/rules.d/own.rules", "ATTR{vendor}==\"0x10de\", ATTR{remove}=\"1\"\n");
        made_.write("etc/yum.repos.d/own.repo", "[own]\n");
        made_.make_folder("sys/module/nvidia");
        made_.make_folder("proc/driver/nvidia/gpus");
        made_.add({.address = "0000:07:00.0", .vendor = "0x10de", .pci_class = "0x068000"});
    }

    MadeMachine made_;
};

TEST_F(Unread, NothingOnAReadableMachine) {
    EXPECT_TRUE(probe({.root = made_.root()}).environment.unread.empty());
}

TEST_F(Unread, IsNotedForTheListThatMayLackEntries) {
    struct Closed {
        const char* path;
        FactList list;
        const char* noted;
    };
    for (const Closed& closed : std::vector<Closed>{
             {"usr/lib64", FactList::libraries, "/usr/lib64"},
             {"etc/ld.so.conf.d/cuda.conf", FactList::libraries, "/etc/ld.so.conf.d/cuda.conf"},
             {"opt/libtorch/lib", FactList::libtorch, "/opt/libtorch/lib"},
             {"lib/modules/6.18.5", FactList::kernels, "/lib/modules/6.18.5"},
             {"lib/modules/6.18.5/extra", FactList::kernels, "/lib/modules/6.18.5/extra"},
             {"lib/modules/6.18.5/build", FactList::kernels, "/lib/modules/6.18.5/build"},
             {"var/cache/akmods/nvidia", FactList::failed_builds, "/var/cache/akmods/nvidia"},
             {"usr/libexec/gcc/x86_64-redhat-linux", FactList::gcc_versions,
              "/usr/libexec/gcc/x86_64-redhat-linux"},
             {"etc/modprobe.d/own.conf", FactList::module_settings, "/etc/modprobe.d/own.conf"},
             {"etc/modprobe.d", FactList::module_settings, "/etc/modprobe.d"},
             {"etc/udev/rules.d/own.rules", FactList::removal_rules, "/etc/udev/rules.d/own.rules"},
             {"etc/yum.repos.d/own.repo", FactList::repositories, "/etc/yum.repos.d/own.repo"},
             {"sys/module", FactList::drivers, "/sys/module"},
             {"sys/devices/pci0000:00/0000:07:00.0/class", FactList::nvswitches,
              "/sys/bus/pci/devices/0000:07:00.0/class"}}) {
        const auto unread = probe_without(made_, closed.path).environment.unread;
        ASSERT_FALSE(unread.empty()) << closed.path;
        EXPECT_EQ(unread.front().list, closed.list) << closed.path;
        EXPECT_EQ(unread.front().path, closed.noted);
        EXPECT_EQ(unread.front().why, Presence::denied) << closed.path;
    }
}

TEST_F(Unread, LeavesTheOtherEntriesOfTheList) {
    made_.write("opt/rocm/lib/libamdhip64.so.7", "");
    const auto libraries = probe_without(made_, "usr/lib64").libraries;
    ASSERT_TRUE(libraries);
    ASSERT_EQ(libraries->size(), 1U);
    EXPECT_EQ(libraries->front().name, "libamdhip64.so.7");
}

TEST_F(Unread, AListWithoutAReadableFolderIsUnknown) {
    EXPECT_EQ(probe_without(made_, "lib/modules").environment.kernels.presence(), Presence::denied);
    EXPECT_EQ(probe_without(made_, "etc/yum.repos.d").environment.repositories.presence(),
              Presence::denied);
}

TEST_F(Unread, AWatchedFileIsUnknown) {
    for (const FileState& state : probe_without(made_, "usr/bin").environment.files) {
        if (state.path.starts_with("/usr/bin/")) {
            EXPECT_EQ(state.exists.presence(), Presence::denied) << state.path;
        }
    }
}

TEST_F(Unread, AMarkerOfContainersLeavesTheKindUnknown) {
    EXPECT_EQ(probe({.root = made_.root()}).container.kind.value_or(ContainerKind::unknown),
              ContainerKind::none);
    const auto kind = probe_without(made_, "run/secrets").container.kind;
    EXPECT_EQ(kind.presence(), Presence::denied);
    EXPECT_EQ(kind.source(), "/run/secrets/kubernetes.io");
}

TEST_F(Unread, TheHostsFoldersLeaveTheHostUnknown) {
    made_.write("run/.containerenv", "");
    EXPECT_EQ(probe_without(made_, "run/host").host.presence(), Presence::denied);
}

TEST_F(Unread, ALibraryOfGpusLeavesTheFlavorUnknown) {
    made_.link("opt/libtorch/lib/libtorch_cuda.so", "libtorch_cuda.so");
    const auto libtorch = probe({.root = made_.root()}).libtorch;
    ASSERT_TRUE(libtorch);
    ASSERT_EQ(libtorch->size(), 1U);
    EXPECT_EQ(libtorch->front().flavour.presence(), Presence::malformed);
}

TEST_F(Unread, ACircularLinkIsMalformed) {
    made_.link("usr/lib64/libnvidia-ml.so.1", "libnvidia-ml.so.1");
    const auto unread = probe({.root = made_.root()}).environment.unread;
    ASSERT_EQ(unread.size(), 1U);
    EXPECT_EQ(unread.front().path, "/usr/lib64/libnvidia-ml.so.1");
    EXPECT_EQ(unread.front().why, Presence::malformed);
}

TEST_F(Unread, AHugeMachineIsNotedInPart) {
    for (int i = 0; i < 300; ++i) {
        const std::string path = "etc/modprobe.d/" + std::to_string(i) + ".conf";
        made_.link(path, std::to_string(i) + ".conf");
    }
    made_.link("etc/yum.repos.d/loop.repo", "loop.repo");
    const auto unread = probe({.root = made_.root()}).environment.unread;
    EXPECT_EQ(std::ranges::count(unread, FactList::module_settings, &UnreadPath::list), 100);
    EXPECT_EQ(std::ranges::count(unread, FactList::repositories, &UnreadPath::list), 1);
}

}  // namespace
}  // namespace trilby
