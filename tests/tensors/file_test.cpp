// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temporary_folder.hpp"
#include "tensors/made_files.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::safetensors {
namespace {

using ::testing::HasSubstr;
using trilby::testing::bytes_entry;
using trilby::testing::file_with;

const std::string whole = file_with(R"({"__metadata__":{"format":"pt"},)" + bytes_entry("a", 0, 4) +
                                        "," + bytes_entry("b", 4, 8) + "}",
                                    "12345678");

class FileTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.write("model.safetensors", whole);
};

std::string text_of(const File& file, std::string_view name) {
    const TensorInfo* const tensor = file.find(name);
    std::string text(tensor->size_bytes, '\0');
    EXPECT_TRUE(file.read(*tensor, std::as_writable_bytes(std::span(text))));
    return text;
}

TEST_F(FileTest, ReadsTensorsByName) {
    const auto file = File::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->path(), path_);
    EXPECT_EQ(file->size_bytes(), whole.size());
    EXPECT_EQ(file->metadata().front(), (MetadataEntry{"format", "pt"}));
    EXPECT_EQ(text_of(*file, "a"), "1234");
    EXPECT_EQ(text_of(*file, "b"), "5678");
    EXPECT_EQ(file->find("c"), nullptr);
}

TEST_F(FileTest, ReadsAPartOfATensor) {
    const auto file = File::open(path_);
    std::array<std::byte, 2> part{};
    ASSERT_TRUE(file->read(*file->find("b"), part, 1));
    EXPECT_EQ(part[0], std::byte{'6'});
    EXPECT_EQ(file->read(*file->find("b"), part, 3).error().code, ErrorCode::usage);
    EXPECT_EQ(file->read(*file->find("b"), part, ~std::uint64_t{0}).error().code, ErrorCode::usage);
}

TEST_F(FileTest, CopiesStayOpen) {
    const File copy = [&] { return *File::open(path_); }();
    EXPECT_EQ(text_of(copy, "a"), "1234");
}

TEST_F(FileTest, AFileThatBecomesShorterIsAnErrorAndNoSignal) {
    const auto file = File::open(path_);
    ASSERT_EQ(::truncate(path_.c_str(), static_cast<off_t>(whole.size() - 2)), 0);
    std::array<std::byte, 4> bytes{};
    EXPECT_TRUE(file->read(*file->find("a"), bytes));
    const auto read = file->read(*file->find("b"), bytes);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::io);
    EXPECT_THAT(read.error().message, HasSubstr("to the end of tensor 'b'"));
}

TEST_F(FileTest, ErrorsSayWhereAndWhatToDo) {
    const auto file = File::open(folder_.write("cut", whole.substr(0, whole.size() - 1)));
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::bad_data);
    EXPECT_THAT(file.error().message,
                HasSubstr("cut' is not a valid safetensors file: it is cut off"));
    EXPECT_FALSE(file.error().hint.empty());
    EXPECT_EQ(File::open(folder_ / "none").error().code, ErrorCode::no_input);
}

TEST_F(FileTest, OnlyRegularFilesAreRead) {
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    for (const std::filesystem::path& path :
         {folder_ / "fifo", folder_.path(), std::filesystem::path("/dev/zero")}) {
        EXPECT_THAT(File::open(path).error().message, HasSubstr("is not a regular file")) << path;
    }
}

TEST_F(FileTest, AFileBelowAFolderMayBeALinkInIt) {
    std::filesystem::create_symlink("model.safetensors", folder_ / "link");
    folder_.write("sub/model", whole);
    for (const char* name : {"model.safetensors", "link", "sub/model"}) {
        EXPECT_TRUE(File::open_below(folder_.path(), name)) << name;
    }
}

TEST_F(FileTest, NamesAndLinksThatLeaveTheFolderAreRefused) {
    std::filesystem::create_directory(folder_ / "inner");
    std::filesystem::create_symlink("../model.safetensors", folder_ / "inner/link");
    std::filesystem::create_symlink(path_, folder_ / "inner/absolute");
    std::filesystem::create_directory_symlink("..", folder_ / "inner/up");
    for (const std::string& name :
         {std::string("../model.safetensors"), std::string("up/../model.safetensors"),
          path_.string(), std::string("link"), std::string("absolute"),
          std::string("up/model.safetensors"), std::string(), std::string("a\0b", 3)}) {
        const auto file = File::open_below(folder_ / "inner", name);
        ASSERT_FALSE(file) << name;
        EXPECT_EQ(file.error().code, ErrorCode::bad_data) << name << ": " << file.error().message;
    }
    EXPECT_EQ(File::open_below(folder_.path(), "none").error().code, ErrorCode::no_input);
    EXPECT_EQ(File::open_below(folder_ / "none", "a").error().code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::safetensors
