// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

TEST(Memory, ReadsKibibytesAsBytes) {
    const testing::MadeMachine made;
    made.write("proc/meminfo", "MemTotal:       32777916 kB\nSwapTotal:  0 kB\n");
    const Memory memory = probe({.root = made.root()}).memory;
    EXPECT_EQ(memory.total_bytes.value_or(0), 32777916ULL * 1024);
    EXPECT_TRUE(memory.swap_total_bytes);
    EXPECT_EQ(*memory.swap_total_bytes, 0U);
    EXPECT_EQ(memory.available_bytes.presence(), Presence::absent);
}

TEST(Memory, DoesNotOverflow) {
    const testing::MadeMachine made;
    made.write("proc/meminfo", "MemTotal: 18446744073709551615 kB\nMemAvailable: -1 kB\n");
    const Memory memory = probe({.root = made.root()}).memory;
    EXPECT_EQ(memory.total_bytes.presence(), Presence::malformed);
    EXPECT_EQ(memory.available_bytes.presence(), Presence::malformed);
}

TEST(Memory, CountsNumaNodesByTheirFoldersIfThereIsNoList) {
    const testing::MadeMachine made;
    EXPECT_EQ(probe({.root = made.root()}).memory.numa_nodes.presence(), Presence::absent);
    for (const char* name : {"node0", "node1", "power"}) {
        made.make_folder(std::string("sys/devices/system/node/") + name);
    }
    EXPECT_EQ(probe({.root = made.root()}).memory.numa_nodes.value_or(0), 2U);
    made.write("sys/devices/system/node/online", "0-3\n");
    EXPECT_EQ(probe({.root = made.root()}).memory.numa_nodes.value_or(0), 4U);
}

}  // namespace
}  // namespace trilby
