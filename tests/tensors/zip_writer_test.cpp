// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/zip_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"
#include "tensors/zip_archive.hpp"

namespace trilby::tensors {
namespace {

using ::testing::ElementsAre;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

class ZipWriterTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "a.zip";
};

TEST_F(ZipWriterTest, EntriesReadBack) {
    const std::vector<ArchiveEntry> entries{{"m/one", bytes_of("first")},
                                            {"m/data/two", bytes_of("")},
                                            {"m/three", bytes_of(std::string_view("\0\1", 2))}};
    ASSERT_TRUE(write_archive(path_, entries));
    const auto archive = ZipArchive::open(path_);
    ASSERT_TRUE(archive) << archive.error().message;
    EXPECT_EQ(archive->read_text("one", 100), "first");
    EXPECT_EQ(archive->read_text("data/two", 100), "");
    EXPECT_EQ(archive->read_text("three", 100), std::string("\0\1", 2));
}

TEST_F(ZipWriterTest, EveryEntryBeginsAtAMultipleOf64) {
    std::vector<ArchiveEntry> entries;
    std::vector<std::string> names;
    std::vector<std::string> contents;
    for (int i = 0; i < 80; ++i) {
        names.push_back("m/" + std::string(static_cast<std::size_t>(i) + 1, 'n'));
        contents.push_back("<" + std::to_string(i) + ">" +
                           std::string(static_cast<std::size_t>(i), '.'));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        entries.push_back({names[i], bytes_of(contents[i])});
    }
    ASSERT_TRUE(write_archive(path_, entries));
    const std::string file = trilby::testing::read_file(path_);
    for (const std::string& content : contents) {
        EXPECT_EQ(file.find(content) % 64, 0U) << content;
    }
}

TEST_F(ZipWriterTest, TheSameEntriesGiveTheSameBytes) {
    const std::vector<ArchiveEntry> entries{{"m/one", bytes_of("first")}};
    ASSERT_TRUE(write_archive(path_, entries));
    ASSERT_TRUE(write_archive(folder_ / "b.zip", entries));
    EXPECT_EQ(trilby::testing::read_file(path_), trilby::testing::read_file(folder_ / "b.zip"));
}

TEST_F(ZipWriterTest, AFailureLeavesTheOldFileAndNothingElse) {
    folder_.write("a.zip", "old");
    const std::string large(100'000, 'x');
    {
        const trilby::testing::FileSizeLimit limit(10'000);
        const auto written =
            write_archive(path_, std::vector<ArchiveEntry>{{"m/one", bytes_of(large)}});
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code, ErrorCode::io);
    }
    EXPECT_EQ(trilby::testing::read_file(path_), "old");
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
        left.push_back(entry.path().filename());
    }
    EXPECT_THAT(left, ElementsAre("a.zip"));
}

TEST_F(ZipWriterTest, AMissingFolderIsAnError) {
    EXPECT_EQ(
        write_archive(folder_ / "no/a.zip", std::vector<ArchiveEntry>{{"m/one", {}}}).error().code,
        ErrorCode::cannot_create);
}

}  // namespace
}  // namespace trilby::tensors
