// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/pixels.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::made_jpeg;
using testing::made_png;
using ::testing::SizeIs;

class ReadAllPixels : public ::testing::Test {
  protected:
    /// Gray images, the value of whose pixels is their position.
    void add_images(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            add(made_png(6, 5, static_cast<std::uint8_t>(i)));
        }
    }
    void add(const std::string& file) {
        files_.push_back(folder_.write(fmt::format("{}.png", files_.size()), file));
    }
    DecodedFiles read() {
        pixels_.assign(files_.size() * format_.size_bytes(), 77);
        return read_all_pixels(files_, format_, pixels_);
    }
    [[nodiscard]] std::vector<std::uint8_t> image(std::size_t at) const {
        const auto first = pixels_.begin() + static_cast<std::ptrdiff_t>(at * format_.size_bytes());
        return {first, first + static_cast<std::ptrdiff_t>(format_.size_bytes())};
    }

    testing::TemporaryFolder folder_;
    std::vector<std::filesystem::path> files_;
    PixelFormat format_{.side = 3, .channels = 1};
    std::vector<std::uint8_t> pixels_;
};

TEST_F(ReadAllPixels, KeepsTheOrderOfTheFiles) {
    add_images(50);
    const auto decoded = read();
    EXPECT_THAT(decoded.kept, SizeIs(50));
    EXPECT_FALSE(decoded.first_damage);
    for (std::size_t i = 0; i < 50; ++i) {
        EXPECT_THAT(image(i), Each(i));
    }
}

TEST_F(ReadAllPixels, LeavesOutDamagedFilesAndClosesTheGaps) {
    add_images(9);
    add(made_png(30, 30, 9).substr(0, 60));
    add_images(10);
    const auto decoded = read();
    ASSERT_THAT(decoded.kept, SizeIs(19));
    EXPECT_EQ(decoded.kept[8], 8U);
    EXPECT_EQ(decoded.kept[9], 10U);
    EXPECT_THAT(image(9), Each(0));
    EXPECT_THAT(image(18), Each(9));
    ASSERT_TRUE(decoded.first_damage);
    EXPECT_THAT(decoded.first_damage->message, HasSubstr("9.png' cannot be decoded"));
    EXPECT_TRUE(check_damage(decoded, files_.size()));
}

TEST_F(ReadAllPixels, RefusesMoreThanATenthOfDamagedFiles) {
    add_images(8);
    add("no image");
    const auto checked = check_damage(read(), files_.size());
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::bad_data);
    EXPECT_THAT(checked.error().message, HasSubstr("1 of 9 images are damaged"));
    EXPECT_THAT(checked.error().message, HasSubstr("8.png"));
}

TEST_F(ReadAllPixels, TakesImagesOfSeveralSizesAndFormats) {
    format_ = {.side = 16, .channels = 3};
    add(made_png(100, 20, 40));
    add(made_jpeg(200, 300, {40, 40, 40}));
    add(testing::made_png_row(2, 16, 0, std::string("\x28\x28\x28\x28", 4)));
    add(made_jpeg(3, 5, {40, 40, 40}));
    EXPECT_THAT(read().kept, SizeIs(4));
    EXPECT_THAT(pixels_, Each(40));
}

}  // namespace
}  // namespace trilby::data
