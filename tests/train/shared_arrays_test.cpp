// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/shared_arrays.hpp"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace trilby::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<ArrayLayout> made_layout() {
    return {{"pixels", ElementType::u8, {3, 2}}, {"labels", ElementType::i32, {3}}};
}

TEST(SharedArrays, AreSharedWithAnotherMapping) {
    const auto mine = SharedArrays::reserve(made_layout()).value();
    mine.elements<std::uint8_t>("pixels")[5] = 7;
    mine.elements<std::int32_t>("labels")[0] = -1;
    const auto other = SharedArrays::map(mine.descriptor(), made_layout()).value();
    EXPECT_THAT(other.elements<std::uint8_t>("pixels"), ElementsAre(0, 0, 0, 0, 0, 7));
    EXPECT_THAT(other.elements<std::int32_t>("labels"), ElementsAre(-1, 0, 0));
}

TEST(SharedArrays, CannotBeChangedOnceSealed) {
    auto arrays = SharedArrays::reserve(made_layout()).value();
    arrays.elements<std::int32_t>("labels")[2] = 5;
    ASSERT_TRUE(arrays.seal());
    EXPECT_EQ(::pwrite(arrays.descriptor(), "x", 1, 0), -1);
    EXPECT_EQ(::ftruncate(arrays.descriptor(), 0), -1);
    EXPECT_THAT(arrays.elements<std::int32_t>("labels"), ElementsAre(0, 0, 5));
}

TEST(SharedArrays, AreOnADiskIfMemoryIsTooSmall) {
    EXPECT_FALSE(SharedArrays::reserve(made_layout(), 1 << 20).value().is_on_disk());
    auto arrays = SharedArrays::reserve(made_layout(), 64).value();
    EXPECT_TRUE(arrays.is_on_disk());
    arrays.elements<std::int32_t>("labels")[2] = 5;
    ASSERT_TRUE(arrays.seal());
    const auto other = SharedArrays::map(arrays.descriptor(), made_layout()).value();
    EXPECT_TRUE(other.is_on_disk());
    EXPECT_THAT(other.elements<std::int32_t>("labels"), ElementsAre(0, 0, 5));
    EXPECT_EQ(::pwrite(arrays.descriptor(), "x", 1, 0), -1);
    EXPECT_EQ(::ftruncate(arrays.descriptor(), 0), -1);
}

TEST(SharedArrays, OnADiskKeepTheirValuesWhateverIsAnnounced) {
    auto arrays = SharedArrays::reserve({{"rows", ElementType::i32, {5000, 3}}}, 0).value();
    arrays.elements<std::int32_t>("rows")[14'999] = 3;
    ASSERT_TRUE(arrays.seal());
    for (const data::Range& rows :
         {data::Range{0, 5000}, data::Range{4999, 5000}, data::Range{7, 7}, data::Range{1, 4998}}) {
        for (const RowUse use : {RowUse::soon, RowUse::now, RowUse::finished}) {
            arrays.announce(use, "rows", rows);
        }
    }
    EXPECT_EQ(arrays.elements<std::int32_t>("rows")[14'999], 3);
}

/// How many of the pages that hold these bytes are in memory.
std::ptrdiff_t pages_in_memory(std::span<std::byte> bytes) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> pages((bytes.size() + page - 1) / page);
    EXPECT_EQ(::mincore(bytes.data(), bytes.size(), pages.data()), 0);
    return std::ranges::count_if(pages, [](unsigned char state) { return (state & 1) != 0; });
}

class RowsOnADisk : public ::testing::Test {
  protected:
    void TearDown() override { ::unsetenv("TRILBY_DATA_MEMORY"); }

    /// Rows of a page each, which have been used and are finished.
    static SharedArrays used_rows(const char* memory) {
        ::setenv("TRILBY_DATA_MEMORY", memory, 1);
        const std::int64_t page = ::sysconf(_SC_PAGESIZE);
        auto arrays = SharedArrays::reserve({{"rows", ElementType::u8, {64, page}}}, 0).value();
        std::ranges::fill(arrays.bytes_of("rows"), std::byte{1});
        EXPECT_TRUE(arrays.seal());
        auto used = SharedArrays::map(arrays.descriptor(), arrays.layout()).value();
        used.announce(RowUse::now, "rows", {0, 64});
        EXPECT_EQ(pages_in_memory(used.bytes_of("rows")), 64);
        used.announce(RowUse::finished, "rows", {0, 64});
        return used;
    }
};

TEST_F(RowsOnADisk, LeaveMemoryIfAllOfThemDoNotFit) {
    EXPECT_EQ(pages_in_memory(used_rows("1000").bytes_of("rows")), 0);
}

TEST_F(RowsOnADisk, StayInMemoryWhereAllOfThemFit) {
    EXPECT_EQ(pages_in_memory(used_rows("1G").bytes_of("rows")), 64);
}

TEST(SharedArrays, MayBeEmpty) {
    const auto arrays = SharedArrays::reserve({{"none", ElementType::f32, {0, 4}}}).value();
    EXPECT_TRUE(arrays.elements<float>("none").empty());
    EXPECT_TRUE(SharedArrays::map(arrays.descriptor(), arrays.layout()));
}

TEST(SharedArrays, OfAnotherSizeAreNotMapped) {
    const auto arrays = SharedArrays::reserve(made_layout()).value();
    const auto other =
        SharedArrays::map(arrays.descriptor(), {{"pixels", ElementType::u8, {300, 2}}});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_data);
    EXPECT_FALSE(SharedArrays::map(-1, made_layout()));
}

TEST(SharedArrays, RequireNameTypeAndDimensions) {
    const auto arrays = SharedArrays::reserve(made_layout()).value();
    EXPECT_TRUE(arrays.require("pixels", ElementType::u8, 2));
    for (const auto& missing : {arrays.require("pixel", ElementType::u8, 2),
                                arrays.require("pixels", ElementType::f32, 2),
                                arrays.require("pixels", ElementType::u8, 1)}) {
        EXPECT_THAT(missing.error().message, HasSubstr("is missing"));
    }
}

TEST(ArrayLayout, SurvivesARoundTrip) {
    const json::object document{{"arrays", to_json(made_layout())}};
    const auto layout = parse_array_layout(document, "arrays").value();
    ASSERT_EQ(layout.size(), 2U);
    EXPECT_EQ(layout[0].name, "pixels");
    EXPECT_EQ(layout[0].shape, (Shape{3, 2}));
    EXPECT_EQ(layout[1].type, ElementType::i32);
    EXPECT_EQ(layout[1].size_bytes(), 12U);
}

TEST(ArrayLayout, ThatNoMemoryCanHoldIsRefused) {
    for (const char* shape : {"[-1]", "[9223372036854775807]", "[4294967296,4294967296]",
                              "[1,1,1,1,1,1,1,1,1]", "[0.5]", "3"}) {
        const auto document = json::parse_object(
            std::string(R"({"arrays":[{"name":"a","type":"f32","shape":)") + shape + "}]}", "test");
        EXPECT_FALSE(parse_array_layout(*document, "arrays")) << shape;
    }
}

}  // namespace
}  // namespace trilby::train
