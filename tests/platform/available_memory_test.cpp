// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/available_memory.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

TEST(AvailableMemory, IsTheKernelsEstimate) {
    const testing::TemporaryFolder folder;
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), std::nullopt);
    folder.write("proc/meminfo", "MemTotal:  9 kB\nMemFree:  1 kB\nMemAvailable:       3 kB\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 3072U);
    folder.write("proc/meminfo", "MemAvailable: many kB\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), std::nullopt);
}

TEST(AvailableMemory, IsAtMostWhatTheControlGroupsLeave) {
    const testing::TemporaryFolder folder;
    folder.write("proc/meminfo", "MemAvailable:   10000 kB\n");
    folder.write("proc/self/cgroup", "1:name=systemd:/other\n0::/user.slice/run.scope\n");
    folder.write("sys/fs/cgroup/user.slice/run.scope/memory.max", "max\n");
    folder.write("sys/fs/cgroup/user.slice/run.scope/memory.high", "max\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 10'240'000U);
    folder.write("sys/fs/cgroup/user.slice/memory.max", "9000000\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 9'000'000U);
    folder.write("sys/fs/cgroup/user.slice/memory.current", "5000000\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 4'000'000U);
    folder.write("sys/fs/cgroup/user.slice/memory.stat",
                 "anon 3000000\ninactive_file 1500000\nactive_file 500000\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 6'000'000U);
    folder.write("sys/fs/cgroup/user.slice/run.scope/memory.high", "1000\n");
    folder.write("sys/fs/cgroup/user.slice/run.scope/memory.current", "4000\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 0U);
}

TEST(AvailableMemory, IsAtMostWhatAContainerMayUse) {
    const testing::TemporaryFolder folder;
    folder.write("proc/self/cgroup", "0::/\n");
    folder.write("sys/fs/cgroup/memory.max", "7000\n");
    EXPECT_EQ(available_memory_bytes(FileTree(folder.path())), 7'000U);
}

}  // namespace
}  // namespace trilby::platform
