// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/idx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "data/made_idx.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdxTest : public ::testing::Test {
  protected:
    Result<std::string> read(std::string_view bytes) {
        auto file = IdxFile::open(folder_.write("file", bytes));
        if (!file) {
            return std::unexpected(file.error());
        }
        shape_ = file->shape();
        std::string elements(file->size_bytes(), '\0');
        const auto done = file->read(std::as_writable_bytes(std::span(elements)));
        return done ? Result<std::string>(elements) : std::unexpected(done.error());
    }

    trilby::testing::TemporaryFolder folder_;
    std::vector<std::int64_t> shape_;
};

TEST_F(IdxTest, ReadsPlainAndCompressedFiles) {
    const std::string file = idx({2, 3}, "abcdef");
    EXPECT_EQ(read(file).value(), "abcdef");
    EXPECT_EQ(read(gzip(file)).value(), "abcdef");
    EXPECT_THAT(shape_, ElementsAre(2, 3));
}

TEST_F(IdxTest, EveryTruncationIsDetected) {
    for (const std::string& whole : {idx({2, 3}, "abcdef"), gzip(idx({2, 3}, "abcdef"))}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto content = read(whole.substr(0, size));
            ASSERT_FALSE(content) << size << " of " << whole.size();
            EXPECT_EQ(content.error().code, ErrorCode::bad_data);
        }
    }
}

// Some bytes of the gzip header have no effect (time, system), so they are not tested.
TEST_F(IdxTest, NoFlippedBitChangesTheElementsUndetected) {
    const std::string elements(500, 'e');
    const std::string whole = gzip(idx({500}, elements));
    constexpr std::size_t gzip_header_bytes = 10;
    for (std::size_t bit = 8 * gzip_header_bytes; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        const auto content = read(damaged);
        EXPECT_TRUE(!content || *content == elements) << "bit " << bit;
    }
}

TEST_F(IdxTest, ContentBeyondTheHeadersSizeIsDetected) {
    EXPECT_THAT(read(idx({2}, "abc")).error().message, HasSubstr("continues after the 2 bytes"));
}

TEST_F(IdxTest, OtherFormatsAreReported) {
    EXPECT_THAT(read("PK\x03\x04 and more").error().message, HasSubstr("not an IDX file"));
    EXPECT_THAT(read(idx({2}, "abcdefgh", 0x0d)).error().message, HasSubstr("type 0x0d"));
    EXPECT_THAT(read(idx({}, "")).error().message, HasSubstr("not an IDX file"));
    EXPECT_THAT(read("").error().message, HasSubstr("ends in the middle of its header"));
}

TEST_F(IdxTest, HugeClaimsAllocateNothing) {
    const auto content = read(idx({0xffffffff, 0xffffffff, 0xffffffff}, ""));
    ASSERT_FALSE(content);
    EXPECT_THAT(content.error().message, HasSubstr("claims more than"));
}

TEST_F(IdxTest, UnreadableFileIsAnInputError) {
    EXPECT_EQ(IdxFile::open(folder_ / "none").error().code, ErrorCode::no_input);
    EXPECT_EQ(IdxFile::open(folder_.path()).error().code, ErrorCode::bad_data);
    ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(IdxFile::open(folder_ / "pipe").error().code, ErrorCode::bad_data);
}

}  // namespace
}  // namespace trilby::data
