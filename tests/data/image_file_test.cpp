// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/made_images.hpp"
#include "data/png.hpp"

namespace trilby::data {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::made_jpeg;
using testing::made_jpeg_of;
using testing::made_png;
using testing::made_png_row;
using testing::png_chunk;
using ::testing::SizeIs;
using testing::with_orientation;

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
    const auto gray = decode_image(made_png(4, 2, 9), {.channels = 1}, "a.png");
    ASSERT_TRUE(gray);
    EXPECT_THAT(gray->pixels, SizeIs(8));
    EXPECT_THAT(gray->pixels, Each(9));
    EXPECT_THAT(decode_image(made_png(4, 2, 9), {}, "a.png")->pixels, SizeIs(24));
    const auto color = decode_image(made_jpeg(8, 8, {255, 0, 0}), {}, "a.jpg");
    ASSERT_TRUE(color);
    EXPECT_GT(color->pixels[0], 240);
    EXPECT_LT(color->pixels[1], 15);
}

TEST(DecodeImage, RefusesFilesWithoutAllPixels) {
    for (const std::string& file : {made_png(20, 20, 1), made_jpeg(32, 32, {1, 2, 3})}) {
        for (std::size_t size = 0; size + 2 < file.size(); ++size) {
            const auto image = decode_image(file.substr(0, size), {}, "a");
            // What is cut off may be only the mark of the end.
            if (image) {
                EXPECT_EQ(image->pixels, decode_image(file, {}, "a")->pixels) << size;
            } else {
                EXPECT_EQ(image.error().code, ErrorCode::bad_data);
            }
        }
    }
}

// The values of the PNG specification's color types.
constexpr char gray = 0;
constexpr char palette = 3;
constexpr char gray_with_alpha = 4;

TEST(DecodeImage, TakesTheHigherBitsOf16) {
    const std::string row("\x10\x00\x80\x00\xff\xff", 6);
    const auto image = decode_image(made_png_row(3, 16, gray, row), {.channels = 1}, "a.png");
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_THAT(image->pixels, ElementsAre(0x10, 0x80, 0xff));
}

TEST(DecodeImage, LooksUpPalettes) {
    const std::string colors = png_chunk("PLTE\x01\x02\x03\xf0\xf1\xf2");
    const auto image = decode_image(made_png_row(2, 1, palette, "\x40", colors), {}, "a.png");
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_THAT(image->pixels, ElementsAre(1, 2, 3, 0xf0, 0xf1, 0xf2));
}

TEST(DecodeImage, MakesTransparentPixelsBlack) {
    const std::string row("\xc8\xff\xc8\x00", 4);
    const auto image =
        decode_image(made_png_row(2, 8, gray_with_alpha, row), {.channels = 1}, "a.png");
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_THAT(image->pixels, ElementsAre(0xc8, 0));
}

TEST(DecodeImage, TurnsInksIntoColors) {
    std::vector<std::uint8_t> inks;
    for (int i = 0; i < 64; ++i) {  // half as much red as paper, no green, blue as paper
        inks.insert(inks.end(), {128, 0, 255, 255});
    }
    const std::string file = made_jpeg_of(inks, 8, 8, TJPF_CMYK);
    const auto colors = decode_image(file, {}, "a.jpg");
    ASSERT_TRUE(colors) << colors.error().message;
    EXPECT_NEAR(colors->pixels[0], 128, 2);
    EXPECT_NEAR(colors->pixels[1], 0, 2);
    EXPECT_NEAR(colors->pixels[2], 255, 2);
    const auto gray_image = decode_image(file, {.channels = 1}, "a.jpg");
    ASSERT_TRUE(gray_image) << gray_image.error().message;
    EXPECT_NEAR(gray_image->pixels[0], 0.299 * 128 + 0.114 * 255, 2);
}

/// The four quarters of a JPEG file of 32 x 16 pixels: a b above c d.
std::string made_quarters() {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 32; ++x) {
            pixels.push_back(static_cast<std::uint8_t>(60 * ((y / 8) * 2 + x / 16)));
        }
    }
    return made_jpeg_of(pixels, 32, 16, TJPF_GRAY);
}

std::string quarters_of(const Image& image) {
    const auto at = [&](std::size_t x, std::size_t y) {
        return static_cast<char>('a' + (image.pixels[y * image.width + x] + 30) / 60);
    };
    const std::size_t right = image.width - 1;
    const std::size_t bottom = image.height - 1;
    return {at(0, 0), at(right, 0), at(0, bottom), at(right, bottom)};
}

TEST(DecodeImage, TurnsPhotosUpright) {
    // By the Exif standard, which says where the first row and the first column are seen.
    const std::vector<std::string> expected{"abcd", "badc", "dcba", "cdab",
                                            "acbd", "cadb", "dbca", "bdac"};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::string file = with_orientation(made_quarters(), static_cast<char>(i + 1));
        const auto image = decode_image(file, {.channels = 1}, "a.jpg");
        ASSERT_TRUE(image) << image.error().message;
        EXPECT_EQ(quarters_of(*image), expected[i]) << i + 1;
        const auto header = read_image_header(file, "a.jpg");
        ASSERT_TRUE(header);
        EXPECT_EQ(header->width, image->width);
        EXPECT_EQ(header->height, image->height);
    }
}

TEST(DecodeImage, DecodesJpegSmallerWhereThatIsEnough) {
    std::vector<std::uint8_t> ramp;
    for (int y = 0; y < 96; ++y) {
        for (int x = 0; x < 160; ++x) {
            ramp.push_back(static_cast<std::uint8_t>(x));
        }
    }
    const std::string file = made_jpeg_of(ramp, 160, 96, TJPF_GRAY);
    const auto width_with = [&](std::uint32_t enough_pixels) {
        return decode_image(file, {1, enough_pixels}, "a.jpg")->width;
    };
    EXPECT_EQ(width_with(97), 160U);
    EXPECT_EQ(width_with(49), 160U);
    EXPECT_EQ(width_with(48), 80U);
    EXPECT_EQ(width_with(24), 40U);
    EXPECT_EQ(width_with(1), 20U);
    const auto small = decode_image(file, {1, 24}, "a.jpg");
    for (std::size_t x = 1; x < 39; ++x) {
        EXPECT_NEAR(small->pixels[x], 4.0 * static_cast<double>(x) + 1.5, 2.0);
    }
}

TEST(DecodeImage, RefusesOtherFormats) {
    const auto error_of = [](const std::string& file) {
        return decode_image(file, {}, "a").error();
    };
    EXPECT_EQ(error_of("GIF89a").message, "image 'a' is GIF, expected PNG or JPEG");
    EXPECT_EQ(error_of("GIF89a").hint, "convert it to PNG or JPEG");
    EXPECT_THAT(error_of("BM6").message, HasSubstr("is BMP"));
    EXPECT_THAT(error_of(std::string("II*\0", 4)).message, HasSubstr("is TIFF"));
    EXPECT_THAT(error_of("RIFF\1\1\1\1WEBPVP8 ").message, HasSubstr("is WebP"));
    EXPECT_THAT(error_of("print()").message,
                HasSubstr("'a' cannot be decoded: it is neither PNG nor JPEG"));
    EXPECT_THAT(error_of("").message, HasSubstr("it is empty"));
}

TEST(Png, WrittenPixelsAreReadBack) {
    const Image image{.width = 2, .height = 1, .channels = 3, .pixels = {1, 2, 3, 250, 251, 252}};
    const auto file = encode_png(image);
    ASSERT_TRUE(file);
    const auto again = decode_image(*file, {.channels = 3}, "a.png");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->width, 2U);
    EXPECT_EQ(again->pixels, image.pixels);
}

}  // namespace
}  // namespace trilby::data
