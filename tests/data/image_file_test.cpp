// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"

namespace trilby::data {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::made_jpeg;
using testing::made_png;
using ::testing::SizeIs;

TEST(ReadImageHeader, KnowsSizeAndColors) {
    const auto png = read_image_header(made_png(5, 3, 7), "a.png");
    ASSERT_TRUE(png);
    EXPECT_EQ(png->format, ImageFormat::png);
    EXPECT_EQ(png->width, 5U);
    EXPECT_EQ(png->height, 3U);
    EXPECT_TRUE(png->is_gray);
    const auto jpeg = read_image_header(made_jpeg(16, 8, {200, 10, 10}), "a.jpg");
    ASSERT_TRUE(jpeg);
    EXPECT_EQ(jpeg->format, ImageFormat::jpeg);
    EXPECT_EQ(jpeg->width, 16U);
    EXPECT_FALSE(jpeg->is_gray);
}

TEST(DecodeImage, GivesGrayOrColors) {
    const auto gray = decode_image(made_png(4, 2, 9), 1, "a.png");
    ASSERT_TRUE(gray);
    EXPECT_THAT(gray->pixels, SizeIs(8));
    EXPECT_THAT(gray->pixels, Each(9));
    EXPECT_THAT(decode_image(made_png(4, 2, 9), 3, "a.png")->pixels, SizeIs(24));
    const auto color = decode_image(made_jpeg(8, 8, {255, 0, 0}), 3, "a.jpg");
    ASSERT_TRUE(color);
    EXPECT_GT(color->pixels[0], 240);
    EXPECT_LT(color->pixels[1], 15);
}

TEST(DecodeImage, RefusesFilesWithoutAllPixels) {
    for (const std::string& file : {made_png(20, 20, 1), made_jpeg(32, 32, {1, 2, 3})}) {
        for (std::size_t size = 0; size + 2 < file.size(); ++size) {
            const auto image = decode_image(file.substr(0, size), 3, "a");
            // What is cut off may be only the mark of the end.
            if (image) {
                EXPECT_EQ(image->pixels, decode_image(file, 3, "a")->pixels) << size;
            } else {
                EXPECT_EQ(image.error().code, ErrorCode::bad_data);
            }
        }
    }
}

TEST(DecodeImage, RefusesOtherFormats) {
    EXPECT_THAT(decode_image("GIF89a", 3, "a.gif").error().message,
                HasSubstr("'a.gif' cannot be decoded: it is neither PNG nor JPEG"));
    EXPECT_FALSE(read_image_header("", "a"));
}

}  // namespace
}  // namespace trilby::data
