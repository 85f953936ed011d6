// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

Machine probe_of_16_cpus(const MadeMachine& machine) {
    machine.write("sys/devices/system/cpu/online", "0-15\n");
    return probe({.root = machine.root()});
}

TEST(ControlGroup, UsesTheTightestQuotaOfAllAncestors) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "0::/user.slice/app.scope\n");
    made.write("sys/fs/cgroup/user.slice/app.scope/cpu.max", "max 100000\n");
    made.write("sys/fs/cgroup/user.slice/cpu.max", "250000 100000\n");
    const Cpu cpu = probe_of_16_cpus(made).cpu;
    EXPECT_EQ(cpu.usable_cpus.value_or(0), 3U);  // 2.5, rounded up
    EXPECT_EQ(cpu.usable_cpus.source(), "/sys/fs/cgroup/user.slice/cpu.max");
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 16U);
}

TEST(ControlGroup, RoundsAFractionOfACpuUpToOne) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "0::/\n");
    made.write("sys/fs/cgroup/cpu.max", "1000 100000\n");
    EXPECT_EQ(probe_of_16_cpus(made).cpu.usable_cpus.value_or(0), 1U);
}

TEST(ControlGroup, ReadsVersionOne) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n");
    made.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "400000\n");
    made.write("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
    made.write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1073741824\n");
    made.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    const Machine machine = probe_of_16_cpus(made);
    EXPECT_EQ(machine.cpu.usable_cpus.value_or(0), 4U);
    EXPECT_EQ(machine.memory.control_group_limit_bytes.value_or(0), 1073741824U);
}

TEST(ControlGroup, NoLimitIsAbsentInsteadOfZero) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "0::/\n");
    made.write("sys/fs/cgroup/memory.max", "max\n");
    made.write("sys/fs/cgroup/cpu.max", "max 100000\n");
    const Machine machine = probe_of_16_cpus(made);
    EXPECT_EQ(machine.memory.control_group_limit_bytes.presence(), Presence::absent);
    EXPECT_EQ(machine.cpu.usable_cpus.value_or(0), 16U);
}

TEST(ControlGroup, IgnoresPathsThatLeaveTheHierarchy) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "0::/../../../etc\n");
    made.write("etc/cpu.max", "100000 100000\n");
    made.write("sys/fs/cgroup/cpu.max", "200000 100000\n");
    EXPECT_EQ(probe_of_16_cpus(made).cpu.usable_cpus.value_or(0), 2U);
}

TEST(ControlGroup, AnUnreadableLimitMakesTheLimitUnknown) {
    for (const char* limit : {"-5 0 7\n", "0 100000\n", "", "many 100000\n"}) {
        const MadeMachine made;
        made.write("proc/self/cgroup", "0::/a/b\n");
        made.write("sys/fs/cgroup/a/b/cpu.max", "200000 100000\n");
        made.write("sys/fs/cgroup/a/cpu.max", limit);
        made.write("sys/fs/cgroup/a/memory.max", "x");
        const Machine machine = probe_of_16_cpus(made);
        EXPECT_EQ(machine.cpu.usable_cpus.presence(), Presence::malformed) << limit;
        EXPECT_EQ(machine.memory.control_group_limit_bytes.presence(), Presence::malformed);
    }
}

TEST(ControlGroup, MalformedMembershipsAreNotAbsent) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "garbage\n0::/a\n");
    EXPECT_EQ(probe_of_16_cpus(made).cpu.usable_cpus.presence(), Presence::malformed);
}

}  // namespace
}  // namespace trilby
