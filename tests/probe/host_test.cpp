// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

void make_host(const MadeMachine& made) {
    made.write("run/.toolbxenv", "");
    made.write("run/host/etc/os-release", "ID=fedora\nPRETTY_NAME=\"Fedora Linux 43\"\n");
    made.write("run/host/run/ostree-booted", "");
    made.write("run/host/dev/kfd", "");
    made.write("run/host/usr/lib64/libcuda.so.580.95.05", "");
    made.link("run/host/usr/lib64/libcuda.so.1", "/usr/lib64/libcuda.so.580.95.05");
}

TEST(Host, IsReadIfTheContainerShowsIt) {
    const MadeMachine made;
    make_host(made);
    const Machine machine = probe({.root = made.root()});
    ASSERT_TRUE(machine.host);
    const Host& host = *machine.host;
    EXPECT_EQ(host.os.pretty_name.value_or(""), "Fedora Linux 43");
    EXPECT_TRUE(host.is_atomic.value_or(false));
    ASSERT_EQ(host.device_nodes.value_or({}).size(), 1U);
    EXPECT_EQ(host.device_nodes->front().path, "/dev/kfd");
    ASSERT_EQ(host.libraries.value_or({}).size(), 1U);
    EXPECT_EQ(host.libraries->front().path, "/usr/lib64/libcuda.so.1");
    EXPECT_EQ(host.libraries->front().version.value_or(""), "580.95.05")
        << "an absolute link on the host stays within the host";
}

TEST(Host, IsSeparateFromTheContainer) {
    const MadeMachine made;
    make_host(made);
    made.make_folder("dev");
    made.make_folder("usr/lib64");
    const Machine machine = probe({.root = made.root()});
    EXPECT_TRUE(machine.device_nodes.value_or({}).empty());
    EXPECT_TRUE(machine.libraries.value_or({}).empty());
}

TEST(Host, IsUnknownOnAHostAndInAClosedContainer) {
    const MadeMachine made;
    make_host(made);
    std::filesystem::remove(made.root() / "run/.toolbxenv");
    EXPECT_FALSE(probe({.root = made.root()}).host);
    const MadeMachine closed;
    closed.write("run/.containerenv", "");
    closed.write("run/host/container-manager", "podman");
    EXPECT_FALSE(probe({.root = closed.root()}).host);
}

TEST(Host, IsAbsentWhereToolbxLinkedTheRoot) {
    const MadeMachine made;
    made.write(".dockerenv", "");
    made.write("etc/os-release", "ID=debian\n");
    made.make_folder("dev");
    made.link("run/host", "../");
    EXPECT_FALSE(probe({.root = made.root()}).host);
}

TEST(Host, IsKeptInARecording) {
    const MadeMachine made;
    make_host(made);
    made.write("run/host/dev/mapper-of-ada", "");
    const testing::TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "recording", {.root = made.root()}));
    EXPECT_FALSE(std::filesystem::exists(folder / "recording/run/host/dev/mapper-of-ada"));
    const Machine machine = probe({.root = folder / "recording"});
    ASSERT_TRUE(machine.host);
    EXPECT_EQ(machine.host->os.pretty_name.value_or(""), "Fedora Linux 43");
    EXPECT_EQ(machine.host->device_nodes.value_or({}).size(), 1U);
    ASSERT_EQ(machine.host->libraries.value_or({}).size(), 1U);
    EXPECT_EQ(machine.host->libraries->front().version.value_or(""), "580.95.05");
}

}  // namespace
}  // namespace trilby
