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

}  // namespace
}  // namespace trilby::platform
