// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/exif.hpp"

#include <gtest/gtest.h>

#include "data/made_images.hpp"

namespace trilby::data {
namespace {

using testing::made_jpeg;
using testing::with_orientation;

TEST(JpegOrientation, IsUprightWithoutExif) {
    EXPECT_EQ(jpeg_orientation(made_jpeg(8, 8, {1, 2, 3})), Orientation{});
    EXPECT_EQ(jpeg_orientation(""), Orientation{});
}

TEST(JpegOrientation, ReadsBothByteOrders) {
    constexpr Orientation turned{.exchanges_axes = true, .mirrors_y = true};
    const std::string jpeg = made_jpeg(8, 8, {1, 2, 3});
    EXPECT_EQ(jpeg_orientation(with_orientation(jpeg, 6)), turned);
    const std::string tiff("II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", 22);
    EXPECT_EQ(jpeg_orientation(std::string("\xff\xd8\xff\xe1\0\x1e", 6) +
                               std::string("Exif\0\0", 6) + tiff),
              turned);
}

TEST(JpegOrientation, IsUprightWhereTheValueIsUnknown) {
    const std::string jpeg = made_jpeg(8, 8, {1, 2, 3});
    EXPECT_EQ(jpeg_orientation(with_orientation(jpeg, 0)), Orientation{});
    EXPECT_EQ(jpeg_orientation(with_orientation(jpeg, 9)), Orientation{});
}

TEST(JpegOrientation, SurvivesEveryCutAndEveryChangedByte) {
    const std::string file = with_orientation(made_jpeg(8, 8, {1, 2, 3}), 6);
    for (std::size_t i = 0; i < file.size(); ++i) {
        static_cast<void>(jpeg_orientation(file.substr(0, i)));
        std::string changed = file;
        changed[i] = '\xff';
        static_cast<void>(jpeg_orientation(changed));
    }
}

}  // namespace
}  // namespace trilby::data
