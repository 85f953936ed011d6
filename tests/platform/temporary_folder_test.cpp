// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/temporary_folder.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

class TemporaryFolderTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<platform::TemporaryFolder> create() const {
        return platform::TemporaryFolder::create("made", parent_.path());
    }
    [[nodiscard]] std::ptrdiff_t count() const {
        const std::filesystem::directory_iterator entries(parent_.path());
        return std::distance(begin(entries), end(entries));
    }

    trilby::testing::TemporaryFolder parent_;
};

TEST_F(TemporaryFolderTest, IsRemovedWithItsContent) {
    std::filesystem::create_directories(create()->path() / "a/b");
    EXPECT_EQ(count(), 0);
}

TEST_F(TemporaryFolderTest, FoldersInUseStay) {
    const auto first = create();
    const auto second = create();
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_TRUE(std::filesystem::exists(first->path()));
    EXPECT_NE(first->path(), second->path());
}

TEST_F(TemporaryFolderTest, TheFolderOfAKilledProcessIsRemovedByTheNext) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        const auto folder = create();
        std::filesystem::create_directories(folder->path() / "machine");
        ::_exit(0);  // without destructors
    }
    ::waitpid(pid, nullptr, 0);
    ASSERT_EQ(count(), 1);
    const auto next = create();
    ASSERT_TRUE(next);
    EXPECT_EQ(count(), 1) << "only the new one";
}

TEST_F(TemporaryFolderTest, TheFolderOfAProcessThatWasKilledBeforeItsMarkIsRemovedLater) {
    const auto empty = parent_.path() / "made-abcdef";
    const auto half = parent_.write("made-ghijkl/.trilby-temporary-new", "").parent_path();
    std::filesystem::create_directory(empty);
    for (const auto& folder : {empty, half}) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    }
    const auto now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(half, now - std::chrono::hours(1));
    ASSERT_TRUE(create());
    EXPECT_TRUE(std::filesystem::exists(empty)) << "its process may be about to mark it";
    EXPECT_FALSE(std::filesystem::exists(half));
    std::filesystem::last_write_time(empty, now - std::chrono::hours(1));
    ASSERT_TRUE(create());
    EXPECT_FALSE(std::filesystem::exists(empty));
}

TEST_F(TemporaryFolderTest, AFolderOfTheUserWithSuchANameStays) {
    const auto file = parent_.write("made-backup/file", "mine");
    std::filesystem::last_write_time(
        file.parent_path(), std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
    const auto empty = parent_.path() / "made-folder";
    std::filesystem::create_directory(empty);
    std::filesystem::last_write_time(empty, std::filesystem::last_write_time(file.parent_path()));
    ASSERT_TRUE(create());
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_TRUE(std::filesystem::exists(empty));
}

}  // namespace
}  // namespace trilby::platform
