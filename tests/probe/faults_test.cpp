// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Faulty machines: whatever is in the tree, the probe returns and does not hang.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "probe/probe_of.hpp"
#include "support/unprivileged.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;
using testing::probe_of;

TEST(Faults, EverythingIsUnknownInAnEmptyTree) {
    const MadeMachine made;
    const Machine machine = probe_of(made);
    EXPECT_FALSE(machine.cpu.model);
    EXPECT_FALSE(machine.cpu.usable_cpus);
    EXPECT_FALSE(machine.memory.total_bytes);
    EXPECT_FALSE(machine.drm_nodes);
    EXPECT_FALSE(machine.drivers);
    EXPECT_FALSE(machine.device_nodes);
}

TEST(Faults, AFifoIsMalformedAndDoesNotBlock) {
    const MadeMachine made;
    made.make_folder("proc/self");
    for (const char* path : {"proc/meminfo", "proc/cpuinfo", "proc/self/cgroup"}) {
        ASSERT_EQ(::mkfifo((made.root() / path).c_str(), 0600), 0);
    }
    const Machine machine = probe_of(made);
    EXPECT_EQ(machine.memory.total_bytes.presence(), Presence::malformed);
    EXPECT_EQ(machine.cpu.model.presence(), Presence::malformed);
}

TEST(Faults, BinaryGarbageIsMalformed) {
    const MadeMachine made;
    const std::string garbage("\x00\xff\x1b[31m:\n\x80", 9);
    made.add({.address = "0000:01:00.0", .vendor = garbage, .device = "0x99999"});
    made.write("proc/meminfo", "MemTotal: " + garbage);
    const Machine machine = probe_of(made);
    EXPECT_EQ(machine.memory.total_bytes.presence(), Presence::malformed);
    const PciDevice& device = machine.pci_devices->front();
    EXPECT_EQ(device.vendor_id.presence(), Presence::malformed);
    EXPECT_EQ(device.device_id.presence(), Presence::malformed);
}

TEST(Faults, HugeFilesAreMalformed) {
    const MadeMachine made;
    made.write("proc/meminfo", "MemTotal: 1 kB\n");
    std::filesystem::resize_file(made.root() / "proc/meminfo", std::uintmax_t{1} << 40);
    EXPECT_EQ(probe_of(made).memory.total_bytes.presence(), Presence::malformed);
}

TEST(Faults, DeniedIsNotAbsent) {
    const MadeMachine made;
    std::filesystem::permissions(made.root(), std::filesystem::perms(0755));
    made.write("proc/meminfo", "MemTotal: 1 kB\n");
    std::filesystem::permissions(made.root() / "proc/meminfo", std::filesystem::perms::none);
    const testing::Unprivileged user;
    EXPECT_EQ(probe_of(made).memory.total_bytes.presence(), Presence::denied);
}

TEST(Faults, CircularLinksAreMalformed) {
    const MadeMachine made;
    made.link("proc/meminfo", "meminfo");
    EXPECT_EQ(probe_of(made).memory.total_bytes.presence(), Presence::malformed);
}

}  // namespace
}  // namespace trilby
