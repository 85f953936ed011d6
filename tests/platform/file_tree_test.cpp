// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::ElementsAre;

TEST(FileTree, ReadsBelowItsRootAndNamesThePathInside) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("sys/vendor", "0x10de\n");
    const FileTree tree(folder.path());
    const auto vendor = tree.read_trimmed("/sys/vendor");
    ASSERT_TRUE(vendor);
    EXPECT_EQ(*vendor, "0x10de");
    EXPECT_EQ(vendor.source(), "/sys/vendor");
}

TEST(FileTree, TellsAbsentFromMalformed) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("long", std::string(100, 'x'));
    const FileTree tree(folder.path());
    EXPECT_EQ(tree.read("/none").presence(), Presence::absent);
    EXPECT_EQ(tree.read("/long", 99).presence(), Presence::malformed);
    EXPECT_EQ(tree.read("/long", 100).presence(), Presence::present);
    EXPECT_EQ(tree.read("/").presence(), Presence::malformed);
}

TEST(FileTree, NeverBlocksOnAFifo) {
    const trilby::testing::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(FileTree(folder.path()).read("/pipe").presence(), Presence::malformed);
}

TEST(FileTree, SortsNumbersInNamesAsNumbers) {
    const trilby::testing::TemporaryFolder folder;
    for (const char* name : {"card10", "card2", "card1"}) {
        folder.write(std::string("drm/") + name, "");
    }
    EXPECT_THAT(*FileTree(folder.path()).list("/drm"), ElementsAre("card1", "card2", "card10"));
}

}  // namespace
}  // namespace trilby::platform
