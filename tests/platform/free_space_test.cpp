// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/free_space.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

TEST(FreeSpace, IsThatOfTheNearestParentThatExists) {
    const testing::TemporaryFolder folder;
    const auto total = total_space_bytes(folder.path());
    ASSERT_TRUE(total);
    EXPECT_EQ(total_space_bytes(folder / "none/at/all"), total);
    const auto free = free_space_bytes(folder / "none/at/all");
    ASSERT_TRUE(free);
    EXPECT_LE(*free, *total);
}

// /proc reports the same as a tmpfs that is mounted with size=0, which has no limit.
TEST(FreeSpace, IsUnknownOnAFileSystemWithoutBlocks) {
    EXPECT_EQ(total_space_bytes("/proc"), std::nullopt);
    EXPECT_EQ(free_space_bytes("/proc"), std::nullopt);
}

}  // namespace
}  // namespace trilby::platform
