// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/zip_archive.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/made_archive.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::tensors {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using trilby::testing::ArchiveEntries;
using trilby::testing::write_archive;

class ZipArchiveTest : public ::testing::Test {
  protected:
    std::filesystem::path made(const ArchiveEntries& entries, std::int32_t method = ZIP_CM_STORE) {
        write_archive(folder_ / "a.zip", entries, method);
        return folder_ / "a.zip";
    }
    Error error_of(const ArchiveEntries& entries, std::int32_t method = ZIP_CM_STORE) {
        return ZipArchive::open(made(entries, method)).error();
    }

    trilby::testing::TemporaryFolder folder_;
};

TEST_F(ZipArchiveTest, NamesAreWithoutTheFolderAndSorted) {
    const auto archive = ZipArchive::open(made({{"net/b", "22"}, {"net/a/c", "1"}}));
    ASSERT_TRUE(archive) << archive.error().message;
    EXPECT_THAT(archive->entries(), ElementsAre(Field(&ZipArchive::Entry::name, "a/c"),
                                                Field(&ZipArchive::Entry::name, "b")));
    ASSERT_NE(archive->find("b"), nullptr);
    EXPECT_EQ(archive->find("b")->size_bytes, 2U);
    EXPECT_EQ(archive->find("net/b"), nullptr);
    EXPECT_EQ(archive->read_text("b", 2), "22");
}

TEST_F(ZipArchiveTest, LimitsOfTextsAreKept) {
    const auto archive = ZipArchive::open(made({{"net/b", "22"}}));
    EXPECT_THAT(archive->read_text("b", 1).error().message,
                HasSubstr("entry 'b' has 2 bytes, expected at most 1"));
    EXPECT_THAT(archive->read_text("x", 1).error().message, HasSubstr("it has no entry 'x'"));
}

TEST_F(ZipArchiveTest, WhatPyTorchDoesNotWriteIsRefused) {
    EXPECT_THAT(error_of({{"net/b", std::string(1000, 'x')}}, ZIP_CM_DEFLATE).message,
                HasSubstr("entry 'net/b' is compressed"));
    EXPECT_THAT(error_of({{"b", "22"}}).message, HasSubstr("is not in the folder"));
    EXPECT_THAT(error_of({{"net/b", "22"}, {"other/b", "22"}}).message,
                HasSubstr("entry 'other/b' is not in the folder 'net/' of the others"));
    EXPECT_EQ(error_of({{"b", "22"}}).code, ErrorCode::bad_data);
}

TEST_F(ZipArchiveTest, OtherFilesAreRefused) {
    EXPECT_EQ(ZipArchive::open(folder_ / "nothing").error().code, ErrorCode::no_input);
    EXPECT_EQ(ZipArchive::open(folder_.path()).error().code, ErrorCode::bad_data);
    EXPECT_THAT(ZipArchive::open(folder_.write("text", "not a zip file")).error().message,
                HasSubstr("is not an archive of PyTorch"));
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(ZipArchive::open(folder_ / "fifo").error().code, ErrorCode::bad_data);
}

TEST_F(ZipArchiveTest, AFlippedBitIsFound) {
    const auto path = made({{"net/b", "the content of the entry"}});
    std::string bytes = trilby::testing::read_file(path);
    bytes[bytes.find("content")] ^= 1;
    const auto archive = ZipArchive::open(folder_.write("flipped.zip", bytes));
    ASSERT_TRUE(archive);
    const auto text = archive->read_text("b", 100);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::bad_data);
    EXPECT_THAT(text.error().message, HasSubstr("entry 'b' of"));
    EXPECT_THAT(text.error().message, HasSubstr("is damaged"));
}

TEST_F(ZipArchiveTest, EveryCutIsAnErrorAndNoCrash) {
    const std::string whole =
        trilby::testing::read_file(made({{"net/a", "first"}, {"net/b", "second"}}));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(ZipArchive::open(folder_.write("cut.zip", whole.substr(0, size)))) << size;
    }
}

TEST_F(ZipArchiveTest, ASizeThatIsNotThatOfTheEntryIsAMistakeOfTheCaller) {
    const auto archive = ZipArchive::open(made({{"net/b", "22"}}));
    std::byte one{};
    EXPECT_EQ(archive->read(*archive->find("b"), {&one, 1}).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace trilby::tensors
