// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The values of a table, column by column.

#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/column.hpp"
#include "data/large_vector.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// The vector for the column's type has one value per row; the others are empty.
struct ColumnValues {
    LargeVector<float> numbers;        ///< NaN if missing, not a number or not finite
    LargeVector<double> seconds;       ///< of dates, since 1970; NaN if missing or not a date
    LargeVector<std::uint32_t> codes;  ///< 1 + the index of the level; 0 if missing or not a level
    std::uint64_t unknown = 0;         ///< values that are not missing, but are read like that
    std::string first_unknown;         ///< the first of them, or its start
    std::uint64_t first_unknown_row = 0;  ///< from 0
};

struct TableValues {
    std::uint64_t rows = 0;
    std::vector<ColumnValues> columns;  ///< in the order in which they were asked for
};

/// Limits of what is kept.
struct TableSize {
    std::uint64_t expected_rows = 0;                     ///< for which memory is reserved
    std::uint64_t most_values = std::uint64_t{1} << 36;  ///< rows times columns
};

/// Reads the columns with these names in one pass; the file may have others, and in any order.
/// Columns that are ignored stay empty and may be missing. The file's own separator decides what a
/// comma in a number means, since the columns may be those of another file. ErrorCode::bad_data,
/// with the line, for a table that is not well-formed, lacks a column or has too many values.
[[nodiscard]] Result<TableValues> read_table(const std::filesystem::path& path,
                                             std::span<const Column> columns, TableSize size = {});

/// Adds the rows of another table at the end; it has the same columns, or the first of them.
void append(TableValues& table, const TableValues& more);

}  // namespace trilby::data
