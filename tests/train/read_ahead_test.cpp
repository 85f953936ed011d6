// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/read_ahead.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace trilby::train {
namespace {

constexpr std::int64_t rows = 64;
constexpr std::int64_t page = 4096;

/// A page for each row, on disk unless there is memory for them.
SharedArrays arrays_of_pages(std::uint64_t memory_bytes) {
    auto arrays =
        SharedArrays::reserve({{"pages", ElementType::u8, {rows, page}}}, memory_bytes).value();
    EXPECT_TRUE(arrays.seal());
    return arrays;
}

std::vector<ArrayRows> same_rows(const data::Range& examples) {
    return {{"pages", examples}};
}

/// Whether this process has mapped the page of each row, from its page table.
std::vector<bool> pages_mapped(const SharedArrays& arrays) {
    const auto address = reinterpret_cast<std::uint64_t>(arrays.bytes_of("pages").data());
    std::FILE* table = std::fopen("/proc/self/pagemap", "rb");
    std::vector<std::uint64_t> entries(rows);
    std::fseek(table, static_cast<long>(address / page * sizeof(std::uint64_t)), SEEK_SET);
    EXPECT_EQ(std::fread(entries.data(), sizeof(std::uint64_t), rows, table), rows);
    std::fclose(table);
    std::vector<bool> mapped;
    for (const std::uint64_t entry : entries) {
        mapped.push_back(entry >> 63 == 1);
    }
    return mapped;
}

std::int64_t mapped_pages(const SharedArrays& arrays) {
    return std::ranges::count(pages_mapped(arrays), true);
}

bool is_mapped(const SharedArrays& arrays, std::int64_t row) {
    return pages_mapped(arrays)[static_cast<std::size_t>(row)];
}

TEST(Shuffle, IsWholeForArraysInMemory) {
    EXPECT_TRUE(shuffle_for(arrays_of_pages(1 << 30), same_rows, rows).is_whole());
}

TEST(Shuffle, HasBlocksOf256KibibytesForArraysOnADisk) {
    const Shuffle shuffle = shuffle_for(arrays_of_pages(0), same_rows, rows);
    EXPECT_EQ(shuffle.block, 64);
    EXPECT_EQ(shuffle.window, 1024);
}

TEST(Shuffle, HasWindowsOf256MebibytesForLargeExamples) {
    const auto arrays =
        SharedArrays::reserve({{"large", ElementType::u8, {4, 1 << 20}}}, /*memory_bytes=*/0);
    const auto large_rows = [](const data::Range& examples) {
        return std::vector<ArrayRows>{{"large", examples}};
    };
    const Shuffle shuffle = shuffle_for(*arrays, large_rows, 4);
    EXPECT_EQ(shuffle.block, 1);
    EXPECT_EQ(shuffle.window, 256);
}

TEST(Shuffle, HasLargerBlocksWhereNeighboursShareRows) {
    const auto arrays =
        SharedArrays::reserve({{"values", ElementType::f32, {10'000, 1024}}}, /*memory_bytes=*/0);
    const auto windows = [](const data::Range& examples) {
        return std::vector<ArrayRows>{{"values", {examples.first, examples.last + 255}}};
    };
    const Shuffle shuffle = shuffle_for(*arrays, windows, 9'000);
    EXPECT_GE(shuffle.block, 4 * 240);
    EXPECT_LE(shuffle.window * (shuffle.block + 255) * 4096, 257 << 20);
}

TEST(ReadAhead, LeavesArraysInMemoryAlone) {
    const SharedArrays arrays = arrays_of_pages(1 << 30);
    ExampleOrder order({.batch_size = 4}, rows, {.block = 4, .window = 2});
    ReadAhead read_ahead(arrays, same_rows, order);
    read_ahead.prepare(0);
    EXPECT_EQ(read_ahead.waited().count(), 0.0);
}

TEST(ReadAhead, LeavesAnOrderOfAllExamplesAlone) {
    const SharedArrays arrays = arrays_of_pages(0);
    ExampleOrder order({.batch_size = 4}, rows);
    ReadAhead read_ahead(arrays, same_rows, order);
    read_ahead.prepare(0);
    EXPECT_EQ(mapped_pages(arrays), 0);
}

TEST(ReadAhead, HasTheWindowOfAStepInMemoryAndGivesUpTheOneBefore) {
    if (::sysconf(_SC_PAGESIZE) != page) {
        GTEST_SKIP() << "pages are not of 4 KiB";
    }
    const SharedArrays arrays = arrays_of_pages(0);
    // Far apart, so that the kernel does not map neighbours as well.
    ExampleOrder order({.batch_size = 4}, rows, {.block = 16, .window = 1});
    ReadAhead read_ahead(arrays, same_rows, order);
    for (std::int64_t step = 0; step < 3 * order.steps_per_epoch(); ++step) {
        read_ahead.prepare(step);
        EXPECT_GE(mapped_pages(arrays), 16) << step;
        EXPECT_LE(mapped_pages(arrays), 2 * 16) << step;
    }
    EXPECT_GT(read_ahead.waited().count(), 0.0);
}

TEST(ReadAhead, StartsInTheMiddleOfAPass) {
    const SharedArrays arrays = arrays_of_pages(0);
    ExampleOrder order({.batch_size = 4}, rows, {.block = 4, .window = 2});
    ReadAhead read_ahead(arrays, same_rows, order);
    for (const std::int64_t step : {37, 38, 39}) {
        read_ahead.prepare(step);
        for (const std::int64_t example : order.examples_of(step)) {
            EXPECT_TRUE(is_mapped(arrays, example)) << step << ", " << example;
        }
    }
}

TEST(ReadAhead, TakesStepsThatAreLargerThanWindows) {
    const SharedArrays arrays = arrays_of_pages(0);
    ExampleOrder order({.batch_size = 40}, rows, {.block = 4, .window = 2});
    ReadAhead read_ahead(arrays, same_rows, order);
    for (std::int64_t step = 0; step < 6; ++step) {
        read_ahead.prepare(step);
        for (const std::int64_t example : order.examples_of(step)) {
            EXPECT_TRUE(is_mapped(arrays, example)) << step << ", " << example;
        }
    }
}

}  // namespace
}  // namespace trilby::train
