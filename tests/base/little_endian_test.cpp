// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/little_endian.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

using namespace std::string_literals;

TEST(LittleEndianTest, TheLowestByteComesFirst) {
    EXPECT_EQ(encode_little_endian(0x0102'0304, 4), "\4\3\2\1"s);
    EXPECT_EQ(encode_little_endian(1, 8), "\1\0\0\0\0\0\0\0"s);
    EXPECT_EQ(encode_little_endian(0xff'01, 1), "\1"s);
    EXPECT_EQ(decode_little_endian("\4\3\2\1"s), 0x0102'0304U);
    EXPECT_EQ(decode_little_endian("\xff\xff\xff\xff\xff\xff\xff\xff"s), ~std::uint64_t{0});
    EXPECT_EQ(decode_little_endian(""), 0U);
}

}  // namespace
}  // namespace trilby
