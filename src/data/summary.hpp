// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What Trilby understands of the data at a path, as `trilby data show` prints it.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/column.hpp"
#include "data/text_profile.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

enum class DataKind : std::uint8_t { images, table, series, text };

struct ColumnSummary {
    std::string name;
    ColumnType type = ColumnType::ignored;
    std::uint64_t missing = 0;
    // Of numbers.
    std::optional<double> minimum;
    std::optional<double> maximum;
    std::optional<double> mean;
    std::optional<double> deviation;
    // Of dates.
    std::optional<std::string> first;
    std::optional<std::string> last;
    // Of categories.
    std::optional<std::uint64_t> levels;
    std::vector<LevelCount> most_frequent;
    std::string note;  ///< why this type, where that is not obvious
};

struct TimeSummary {
    std::string column;                ///< as data.time of a recipe: "Date + Time"
    std::vector<std::string> columns;  ///< the columns, each by its name
    std::string first;
    std::string last;
    std::string step;  ///< "1 hour"
    std::uint64_t gaps = 0;
};

struct TableSummary {
    std::uint64_t rows = 0;
    std::string separator;
    bool has_header = true;
    std::optional<TimeSummary> time;  ///< of a series
    std::vector<ColumnSummary> columns;
};

struct ClassSummary {
    std::string name;
    std::uint64_t training = 0;
    std::uint64_t validation = 0;
    std::uint64_t test = 0;
};

struct ImageSummary {
    std::vector<ClassSummary> classes;
    std::uint64_t images = 0;
    std::uint64_t examined = 0;  ///< images that were opened, evenly spread
    std::uint32_t smallest_width = 0;
    std::uint32_t largest_width = 0;
    std::uint32_t smallest_height = 0;
    std::uint32_t largest_height = 0;
    bool has_colors = false;
    std::uint64_t damaged = 0;       ///< of those examined
    std::string first_damage;        ///< its message
    std::uint64_t stray_images = 0;  ///< not in the folder of a class
    std::uint64_t other_files = 0;
};

struct DataSummary {
    std::string path;
    DataKind kind = DataKind::table;
    std::optional<TableSummary> table;  ///< of tables and series
    std::optional<TextSummary> text;
    std::optional<ImageSummary> images;
};

/// Reads everything at `path` once. ErrorCode::no_input or bad_data where it cannot be used.
[[nodiscard]] Result<DataSummary> summarize(const std::filesystem::path& path);

}  // namespace trilby::data
