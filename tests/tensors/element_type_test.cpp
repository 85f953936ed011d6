// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/element_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include <trilby/safetensors.hpp>

namespace trilby::tensors {
namespace {

using ::testing::HasSubstr;
using Shape = std::vector<std::int64_t>;

TEST(ElementTypeTest, EveryTypeOfTheFormatHasItsSize) {
    for (const auto& [dtype, bits] : std::vector<std::pair<const char*, unsigned>>{
             {"BOOL", 8},    {"U8", 8},   {"I8", 8},   {"I16", 16},    {"U16", 16},
             {"I32", 32},    {"U32", 32}, {"I64", 64}, {"U64", 64},    {"F16", 16},
             {"BF16", 16},   {"F32", 32}, {"F64", 64}, {"F8_E4M3", 8}, {"F8_E5M2", 8},
             {"F8_E8M0", 8}, {"C64", 64}, {"F4", 4},   {"F6_E2M3", 6}, {"F6_E3M2", 6}}) {
        EXPECT_EQ(safetensors::bits_of(dtype), bits) << dtype;
        EXPECT_EQ(size_of(dtype, Shape{8, 3}), bits * 3) << dtype;
    }
    EXPECT_EQ(safetensors::bits_of("f32"), std::nullopt);
}

TEST(ElementTypeTest, SizesOfScalarsAndOfNothing) {
    EXPECT_EQ(size_of("F32", Shape{}), 4U);
    EXPECT_EQ(size_of("F32", Shape{0}), 0U);
    EXPECT_EQ(size_of("F32", Shape{3, 0, 5}), 0U);
}

TEST(ElementTypeTest, AnUnknownTypeIsNamed) {
    EXPECT_THAT(size_of("F99", Shape{1}).error(), HasSubstr("its type is 'F99'"));
}

TEST(ElementTypeTest, ShapesThatNoFileCanHoldAreRefused) {
    for (const Shape& shape : {Shape{-1}, Shape{std::int64_t{1} << 62}, Shape{1LL << 32, 1LL << 32},
                               Shape{1LL << 31, 1LL << 31, 1LL << 31}}) {
        EXPECT_THAT(size_of("F32", shape).error(), HasSubstr("larger than any file"));
    }
}

TEST(ElementTypeTest, PartsOfBytesAreRefused) {
    EXPECT_EQ(size_of("F4", Shape{2}), 1U);
    EXPECT_EQ(size_of("F6_E2M3", Shape{4}), 3U);
    EXPECT_THAT(size_of("F4", Shape{3}).error(), HasSubstr("do not fill whole bytes"));
}

}  // namespace
}  // namespace trilby::tensors
