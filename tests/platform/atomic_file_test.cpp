// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/atomic_file.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;
using trilby::testing::read_file;
using trilby::testing::TemporaryFolder;

std::size_t entries_of(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFile, ReplacesTheOldContentAndLeavesNothingElse) {
    const TemporaryFolder folder;
    const auto path = folder.write("file", "old");
    ASSERT_TRUE(write_file_atomically(path, "new"));
    EXPECT_EQ(read_file(path), "new");
    EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(AtomicFile, UncommittedContentIsRemoved) {
    const TemporaryFolder folder;
    const auto path = folder.write("file", "old");
    {
        auto file = AtomicFile::create(path);
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write("half of the new"));
    }
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(AtomicFile, TwoWritersOfOneProcessDoNotMixTheirContent) {
    const TemporaryFolder folder;
    auto first = AtomicFile::create(folder / "file");
    auto second = AtomicFile::create(folder / "file");
    ASSERT_TRUE(first && second);
    ASSERT_TRUE(first->write("first"));
    ASSERT_TRUE(second->write("second"));
    ASSERT_TRUE(first->commit());
    ASSERT_TRUE(second->commit());
    EXPECT_EQ(read_file(folder / "file"), "second");
    EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(AtomicFile, FullDiskKeepsTheOldFile) {
    const TemporaryFolder folder;
    const auto path = folder.write("file", "old");
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlimit small{1000, limit.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto written = write_file_atomically(path, std::string(2000, 'x'));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::io);
    EXPECT_EQ(read_file(path), "old");
    EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(AtomicFile, ReplacesALinkInsteadOfItsTarget) {
    const TemporaryFolder folder;
    folder.write("precious", "mine");
    std::filesystem::create_symlink(folder / "precious", folder / "link");
    ASSERT_TRUE(write_file_atomically(folder / "link", "new"));
    EXPECT_EQ(read_file(folder / "precious"), "mine");
    EXPECT_EQ(read_file(folder / "link"), "new");
}

TEST(AtomicFile, ReplacesOnlyRegularFiles) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    std::filesystem::create_directory(folder / "folder");
    for (const char* name : {"pipe", "folder"}) {
        const auto written = write_file_atomically(folder / name, "new");
        ASSERT_FALSE(written) << name;
        EXPECT_EQ(written.error().code, ErrorCode::cannot_create) << name;
    }
    EXPECT_EQ(entries_of(folder.path()), 2U);
}

TEST(AtomicFile, ANewFileReplacesNothingThatAppearedMeanwhile) {
    const TemporaryFolder folder;
    ASSERT_TRUE(create_file_atomically(folder / "new", "content"));
    EXPECT_EQ(read_file(folder / "new"), "content");
    auto late = AtomicFile::create(folder / "late");
    ASSERT_TRUE(late);
    ASSERT_TRUE(late->write("ours"));
    folder.write("late", "theirs");
    const auto committed = late->commit_new();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::cannot_create);
    EXPECT_EQ(read_file(folder / "late"), "theirs");
    std::filesystem::create_symlink("/nowhere", folder / "link");
    EXPECT_FALSE(create_file_atomically(folder / "link", "content"));
}

TEST(AtomicFile, ReportsAMissingFolder) {
    const TemporaryFolder folder;
    const auto written = write_file_atomically(folder / "none/file", "new");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::cannot_create);
    EXPECT_THAT(written.error().message, HasSubstr((folder / "none/file").string()));
}

TEST(SystemError, HasTheExitCodeOfTheCause) {
    EXPECT_EQ(system_error(ENOSPC, "write", "f").code, ErrorCode::io);
    EXPECT_EQ(system_error(EDQUOT, "write", "f").code, ErrorCode::io);
    EXPECT_EQ(system_error(EACCES, "create", "f").code, ErrorCode::cannot_create);
    EXPECT_EQ(system_error(EROFS, "create", "f").code, ErrorCode::cannot_create);
    EXPECT_EQ(system_error(EIO, "write", "f").message, "cannot write 'f': Input/output error");
    EXPECT_EQ(input_error(EACCES, "f").code, ErrorCode::no_input);
    EXPECT_EQ(input_error(EACCES, "f").hint, "fix its permissions");
    EXPECT_EQ(input_error(ENOENT, "f").message, "cannot read 'f': No such file or directory");
}

}  // namespace
}  // namespace trilby::platform
