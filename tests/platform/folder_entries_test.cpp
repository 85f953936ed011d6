// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/folder_entries.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

TEST(FolderEntries, AreAllButTheFolderAndItsParent) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("plain", "");
    folder.write(".hidden", "");
    folder.write("below/file", "");
    const auto entries = folder_entries(folder.path());
    ASSERT_TRUE(entries);
    EXPECT_THAT(*entries,
                ::testing::UnorderedElementsAre(folder.path() / "plain", folder.path() / ".hidden",
                                                folder.path() / "below"));
}

TEST(FolderEntries, ReportsAFolderThatCannotBeRead) {
    const auto entries = folder_entries("/no/such/folder");
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::platform
