// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a table holds, from one pass over its file in bounded memory.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/column.hpp"
#include "data/csv.hpp"
#include "data/row_time.hpp"
#include "data/time_axis.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// The time that makes a table a series.
struct TableTime {
    RowTime row;
    TimeAxis axis;
};

struct TableProfile {
    CsvFormat format;
    std::uint64_t rows = 0;
    std::vector<Column> columns;  ///< with the types that fit best
    std::vector<ColumnProfile> profiles;
    std::optional<TableTime> time;
    std::vector<RowTime> joined_times;  ///< those that several columns have together in every row
};

/// ErrorCode::bad_data, with the line, for a table that is not well-formed or has no rows.
[[nodiscard]] Result<TableProfile> profile_table(const std::filesystem::path& path);

}  // namespace trilby::data
