// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/large_vector.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <string>

#include "data/data_memory.hpp"
#include "platform/scratch_file.hpp"

namespace trilby::data {
namespace {

using ::testing::HasSubstr;

class DataMemoryTest : public ::testing::Test {
  protected:
    static void set(const char* size) { ::setenv("TRILBY_DATA_MEMORY", size, 1); }
    void SetUp() override { ::unsetenv("TRILBY_DATA_MEMORY"); }
    void TearDown() override {
        ::unsetenv("TRILBY_DATA_MEMORY");
        ::unsetenv("TMPDIR");
    }
};

/// Whether a file without a name is mapped at the address.
bool is_on_disk(const void* address) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const std::uint64_t first = std::stoull(line, nullptr, 16);
        const std::uint64_t last = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
        const auto place = reinterpret_cast<std::uint64_t>(address);
        if (first <= place && place < last) {
            return line.ends_with("(deleted)");
        }
    }
    return false;
}

constexpr std::size_t large = least_large_bytes / sizeof(std::uint32_t) + 1;

TEST_F(DataMemoryTest, IsASizeWithAUnit) {
    set("3M");
    EXPECT_EQ(data_memory_bytes().value(), 3U << 20);
    set("much");
    const auto wrong = data_memory_bytes();
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::usage);
    EXPECT_THAT(wrong.error().message, HasSubstr("TRILBY_DATA_MEMORY is 'much'"));
}

TEST_F(DataMemoryTest, IsSomeOfTheMachinesMemoryByDefault) {
    EXPECT_GT(data_memory_bytes().value(), 1U << 20);
}

TEST_F(DataMemoryTest, KeepsAVectorThatFits) {
    set("1G");
    const LargeVector<std::uint32_t> numbers(large, 7);
    EXPECT_FALSE(is_on_disk(numbers.data()));
}

TEST_F(DataMemoryTest, PutsALargerVectorOnADisk) {
    set("1M");
    LargeVector<std::uint32_t> numbers(large);
    std::iota(numbers.begin(), numbers.end(), 0U);
    EXPECT_TRUE(is_on_disk(numbers.data()));
    EXPECT_EQ(numbers[large - 1], large - 1);
    numbers.push_back(5);  // moves
    EXPECT_EQ(numbers[large - 1], large - 1);
    const LargeVector<std::uint32_t> few(1000);
    EXPECT_FALSE(is_on_disk(few.data()));
}

TEST_F(DataMemoryTest, SaysWhyThereIsNoRoom) {
    set("1M");
    ::setenv("TMPDIR", "/nonexistent/folder", 1);
    try {
        const LargeVector<std::uint32_t> numbers(large);
        FAIL() << "there is room";
    } catch (const platform::NoSpace& lack) {
        EXPECT_THAT(lack.error().message, HasSubstr("/nonexistent/folder"));
    }
}

}  // namespace
}  // namespace trilby::data
