// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::safetensors {
namespace {

using ::testing::HasSubstr;
using trilby::testing::FileSizeLimit;
using trilby::testing::read_file;

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

class WriterTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "model.safetensors";
};

TEST_F(WriterTest, EveryTypeIsReadBackAsItWasWritten) {
    constexpr std::string_view data = "0123456789abcdefghijklmnopqrstuv";
    std::vector<TensorView> tensors;
    for (const char* dtype : {"BOOL",    "U8",      "I8",  "I16",  "U16",     "I32",    "U32",
                              "I64",     "U64",     "F16", "BF16", "F32",     "F64",    "F8_E4M3",
                              "F8_E5M2", "F8_E8M0", "C64", "F4",   "F6_E2M3", "F6_E3M2"}) {
        tensors.push_back({dtype, dtype, {2, 2}, bytes_of(data.substr(0, *bits_of(dtype) / 2))});
    }
    tensors.push_back({"scalar", "F32", {}, bytes_of("0123")});
    tensors.push_back({"none", "F32", {3, 0}, {}});
    const Metadata metadata{{"z", "last first"}, {"a", "\"quoted\"\nö\x01"}};
    ASSERT_TRUE(write(path_, tensors, metadata));
    const auto file = File::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->metadata(), metadata);
    ASSERT_EQ(file->tensors().size(), tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const TensorInfo& read = file->tensors()[i];
        EXPECT_EQ(read.name, tensors[i].name);
        EXPECT_EQ(read.dtype, tensors[i].dtype);
        EXPECT_EQ(read.shape, tensors[i].shape);
        std::vector<std::byte> bytes(read.size_bytes);
        ASSERT_TRUE(file->read(read, bytes));
        EXPECT_TRUE(std::ranges::equal(bytes, tensors[i].bytes)) << read.name;
    }
}

TEST_F(WriterTest, TheDataAreAligned) {
    const TensorView tensor{"t", "U8", {1}, bytes_of("x")};
    ASSERT_TRUE(write(path_, {&tensor, 1}));
    EXPECT_EQ(File::open(path_)->tensors().front().offset_bytes % 64, 0U);
    EXPECT_EQ(read_file(path_).size() % 64, 1U);
}

TEST_F(WriterTest, AFileMayHaveNoTensors) {
    ASSERT_TRUE(write(path_, {}));
    EXPECT_TRUE(File::open(path_)->tensors().empty());
}

TEST_F(WriterTest, WhatCouldNotBeReadIsNotWritten) {
    const TensorView good{"t", "U8", {1}, bytes_of("x")};
    const auto refused = [&](std::vector<TensorView> tensors, const Metadata& metadata = {}) {
        const auto written = write(path_, tensors, metadata);
        return !written && written.error().code == ErrorCode::usage &&
               !std::filesystem::exists(path_);
    };
    EXPECT_TRUE(refused({good, good}));
    EXPECT_TRUE(refused({{"__metadata__", "U8", {1}, bytes_of("x")}}));
    EXPECT_TRUE(refused({{"__metadata__", "U8", {1}, bytes_of("x")}}, {{"a", "b"}}));
    EXPECT_TRUE(refused({{"\xff", "U8", {1}, bytes_of("x")}}));
    EXPECT_TRUE(refused({{"t", "F99", {1}, bytes_of("x")}}));
    EXPECT_TRUE(refused({{"t", "U8", {2}, bytes_of("x")}}));
    EXPECT_TRUE(refused({{"t", "U8", {-1}, bytes_of("x")}}));
    EXPECT_TRUE(refused({good}, {{"a", "1"}, {"a", "2"}}));
    EXPECT_TRUE(refused({good}, {{"a", "\xff"}}));
}

TEST_F(WriterTest, AFullDiskKeepsTheOldFile) {
    const std::string large(100'000, 'x');
    ASSERT_TRUE(write(path_, {}));
    const std::string before = read_file(path_);
    const TensorView tensor{"t", "U8", {100'000}, bytes_of(large)};
    const FileSizeLimit full(1000);
    EXPECT_EQ(write(path_, {&tensor, 1}).error().code, ErrorCode::io);
    EXPECT_EQ(read_file(path_), before);
}

}  // namespace
}  // namespace trilby::safetensors
