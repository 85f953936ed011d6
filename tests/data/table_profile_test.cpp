// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table_profile.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

/// A column "id", and others, each with a different number in each row if 7 does not divide `rows`.
std::string made_table(int columns, int rows) {
    std::string text = "id";
    for (int i = 1; i < columns; ++i) {
        text += fmt::format(",x{}", i);
    }
    for (int row = 0; row < rows; ++row) {
        const int number = row * 7 % rows;
        text += fmt::format("\n{}", number);
        for (int i = 1; i < columns; ++i) {
            text += fmt::format(",{}.5", number);
        }
    }
    return text + '\n';
}

TEST(TableProfile, BoundsTheMemoryOfAllColumns) {
    constexpr int columns = 400;
    constexpr int rows = 2'500;
    const testing::TemporaryFolder folder;
    const auto table = profile_table(folder.write("t.csv", made_table(columns, rows)));
    ASSERT_TRUE(table) << table.error().message;
    std::size_t bytes = 0;
    for (const ColumnProfile& profile : table->profiles) {
        bytes += profile.level_bytes();
    }
    EXPECT_LE(bytes, level_memory_bytes);
    EXPECT_GT(bytes, level_memory_bytes / 2);
    EXPECT_EQ(table->columns.front().note, "it only tells the rows apart");
    EXPECT_EQ(table->columns.back().type, ColumnType::number);
    EXPECT_TRUE(table->profiles.back().levels().empty());
}

}  // namespace
}  // namespace trilby::data
