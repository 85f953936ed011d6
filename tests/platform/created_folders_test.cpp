// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/created_folders.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

class CreatedFoldersTest : public ::testing::Test {
  protected:
    [[nodiscard]] bool has(const std::string& name) const {
        return std::filesystem::exists(folder_ / name);
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(CreatedFoldersTest, EmptyOnesAreRemoved) {
    std::filesystem::create_directory(folder_ / "old");
    {
        const auto created = CreatedFolders::create(folder_ / "old/a/b");
        EXPECT_TRUE(has("old/a/b"));
    }
    EXPECT_TRUE(has("old"));
    EXPECT_FALSE(has("old/a"));
}

TEST_F(CreatedFoldersTest, OnesWithFilesStay) {
    {
        const auto created = CreatedFolders::create(folder_ / "a/b");
        folder_.write("a/file", "");
    }
    EXPECT_TRUE(has("a/file"));
    EXPECT_FALSE(has("a/b"));
}

TEST_F(CreatedFoldersTest, OnesThatExistedStay) {
    std::filesystem::create_directory(folder_ / "old");
    ASSERT_TRUE(CreatedFolders::create(folder_ / "old"));
    EXPECT_TRUE(has("old"));
}

TEST_F(CreatedFoldersTest, AFailureLeavesNone) {
    const std::string too_long(1000, 'x');
    EXPECT_FALSE(CreatedFolders::create(folder_ / "a" / too_long));
    EXPECT_FALSE(has("a"));
}

}  // namespace
}  // namespace trilby::platform
