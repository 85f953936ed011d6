// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/scratch_file.hpp"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "platform/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::HasSubstr;

TEST(ScratchFile, HasItsSpaceAndNoName) {
    const auto folder = platform::TemporaryFolder::create("trilby-test", scratch_folder()).value();
    const auto entries_before = std::distance(std::filesystem::directory_iterator(folder.path()),
                                              std::filesystem::directory_iterator());
    const FileDescriptor file = create_scratch_file(folder.path(), 1 << 20, "a test").value();
    struct stat info {};
    ASSERT_EQ(::fstat(file.get(), &info), 0);
    EXPECT_EQ(info.st_size, 1 << 20);
    EXPECT_GE(info.st_blocks * 512, 1 << 20);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()),
                            std::filesystem::directory_iterator()),
              entries_before);
}

TEST(ScratchFile, OpenedAgainCanOnlyBeRead) {
    const FileDescriptor file = create_scratch_file(scratch_folder(), 4096, "a test").value();
    ASSERT_EQ(::pwrite(file.get(), "words", 5, 0), 5);
    const FileDescriptor again = reopen_to_read(file).value();
    std::array<char, 5> read{};
    EXPECT_EQ(::pread(again.get(), read.data(), read.size(), 0), 5);
    EXPECT_EQ(std::string_view(read.data(), read.size()), "words");
    EXPECT_EQ(::pwrite(again.get(), "x", 1, 0), -1);
    EXPECT_EQ(::ftruncate(again.get(), 0), -1);
}

TEST(ScratchFile, IsRefusedWhereTheDiskIsTooSmall) {
    const auto file = create_scratch_file(scratch_folder(), std::uint64_t{1} << 60, "a test");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::io);
    EXPECT_THAT(file.error().message, HasSubstr("1 EiB"));
    EXPECT_THAT(file.error().hint, HasSubstr("TMPDIR"));
}

TEST(ScratchFile, IsRefusedInMemoryAndInAMissingFolder) {
    struct statfs info {};
    if (::statfs("/dev/shm", &info) == 0 && info.f_type == TMPFS_MAGIC) {
        const auto in_memory = create_scratch_file("/dev/shm", 4096, "a test");
        ASSERT_FALSE(in_memory);
        EXPECT_THAT(in_memory.error().message, HasSubstr("is in memory"));
    }
    const auto missing = create_scratch_file("/nonexistent/folder", 4096, "a test");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent/folder"));
}

}  // namespace
}  // namespace trilby::platform
