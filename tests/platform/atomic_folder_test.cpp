// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_folder.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

void fill(const AtomicFolder& folder) {
    std::ofstream(folder.path() / "file") << "content";
}

std::ptrdiff_t entry_count(const TemporaryFolder& folder) {
    const fs::directory_iterator entries(folder.path());
    return std::distance(begin(entries), end(entries));
}

TEST(AtomicFolder, AppearsOnlyWhenItIsCommitted) {
    const TemporaryFolder parent;
    auto folder = AtomicFolder::create(parent / "new/whole");
    ASSERT_TRUE(folder);
    fill(*folder);
    EXPECT_FALSE(fs::exists(parent / "new/whole"));
    EXPECT_TRUE(folder->path().native().ends_with(".trilby-tmp"));
    ASSERT_TRUE(folder->commit());
    EXPECT_EQ(testing::read_file(parent / "new/whole/file"), "content");
}

TEST(AtomicFolder, LeavesNothingBehindWithoutACommit) {
    const TemporaryFolder parent;
    {
        const auto folder = AtomicFolder::create(parent / "half");
        ASSERT_TRUE(folder);
        fill(*folder);
    }
    EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(AtomicFolder, ReplacesAnEmptyFolder) {
    const TemporaryFolder parent;
    fs::create_directory(parent / "empty");
    auto folder = AtomicFolder::create(parent / "empty/");
    ASSERT_TRUE(folder);
    fill(*folder);
    ASSERT_TRUE(folder->commit());
    EXPECT_TRUE(fs::exists(parent / "empty/file"));
}

TEST(AtomicFolder, DoesNotReplaceAFolderWithContent) {
    const TemporaryFolder parent;
    auto folder = AtomicFolder::create(parent / "mine");
    ASSERT_TRUE(folder);
    parent.write("mine/kept", "");
    EXPECT_FALSE(folder->commit());
    EXPECT_TRUE(fs::exists(parent / "mine/kept"));
}

TEST(AtomicFolder, ReplacesAFolderWithContentAsAWhole) {
    const TemporaryFolder parent;
    parent.write("whole/old", "");
    {
        auto folder = AtomicFolder::create(parent / "whole");
        ASSERT_TRUE(folder);
        fill(*folder);
        ASSERT_TRUE(folder->replace());
    }
    EXPECT_EQ(testing::read_file(parent / "whole/file"), "content");
    EXPECT_FALSE(fs::exists(parent / "whole/old"));
    EXPECT_EQ(entry_count(parent), 1) << "the old folder is still there";
}

TEST(AtomicFolder, ReplacesWhatIsNotThere) {
    const TemporaryFolder parent;
    auto folder = AtomicFolder::create(parent / "new");
    ASSERT_TRUE(folder);
    fill(*folder);
    ASSERT_TRUE(folder->replace());
    EXPECT_TRUE(fs::exists(parent / "new/file"));
}

TEST(AtomicFolder, DoesNotReplaceAFile) {
    const TemporaryFolder parent;
    parent.write("mine", "kept");
    auto folder = AtomicFolder::create(parent / "mine");
    ASSERT_TRUE(folder);
    EXPECT_FALSE(folder->replace());
    EXPECT_EQ(testing::read_file(parent / "mine"), "kept");
}

}  // namespace
}  // namespace trilby::platform
