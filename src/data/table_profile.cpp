// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table_profile.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::data {
namespace {

CommaUse commas_in(const CsvFormat& format) {
    return format.separator == ',' ? CommaUse::groups : CommaUse::decimal;
}

/// The times of a column with dates, sorted.
Result<std::vector<double>> read_times(const std::filesystem::path& path, std::size_t index,
                                       DateOrder order) {
    TRILBY_TRY(reader, CsvReader::open(path));
    std::vector<double> times;
    for (;;) {
        TRILBY_TRY(has_row, reader.next());
        if (!has_row) {
            break;
        }
        if (const auto time = parse_date(reader.fields()[index], order)) {
            times.push_back(*time);
        }
    }
    std::ranges::sort(times);
    return times;
}

/// Rows in another order than that of their times are a series if the times have nearly no gap.
std::optional<TimeAxis> axis_of_sorted(const std::filesystem::path& path, const TableProfile& table,
                                       std::size_t index) {
    constexpr std::uint64_t most_rows = 10'000'000;
    constexpr std::uint64_t steps_per_gap = 20;
    const DateOrder order = table.columns[index].date_order;
    if (table.rows > most_rows || table.profiles[index].times(order).is_in_order()) {
        return std::nullopt;
    }
    const auto times = read_times(path, index, order);
    if (!times) {
        return std::nullopt;
    }
    TimeProfile sorted;
    for (const double time : *times) {
        sorted.add(time);
    }
    const auto axis = sorted.axis();
    return axis && axis->gaps * steps_per_gap <= table.rows ? axis : std::nullopt;
}

std::optional<TimeColumn> find_time(const std::filesystem::path& path, const TableProfile& table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        if (column.type != ColumnType::date || table.profiles[i].missing() > 0) {
            continue;
        }
        const auto axis = table.profiles[i].times(column.date_order).axis();
        if (const auto found = axis ? axis : axis_of_sorted(path, table, i)) {
            return TimeColumn{.index = i, .axis = *found};
        }
    }
    return std::nullopt;
}

}  // namespace

Result<TableProfile> profile_table(const std::filesystem::path& path) {
    TRILBY_TRY(reader, CsvReader::open(path));
    TableProfile table{.format = reader.format()};
    table.profiles.assign(reader.names().size(), ColumnProfile(commas_in(reader.format())));
    for (;;) {
        TRILBY_TRY(has_row, reader.next());
        if (!has_row) {
            break;
        }
        ++table.rows;
        for (std::size_t i = 0; i < reader.fields().size(); ++i) {
            table.profiles[i].add(reader.fields()[i]);
        }
    }
    if (table.rows == 0) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has a header but no rows", path.string()),
                       "give a table with at least one row");
    }
    for (std::size_t i = 0; i < table.profiles.size(); ++i) {
        table.columns.push_back(table.profiles[i].best_column(reader.names()[i]));
    }
    table.time = find_time(path, table);
    return table;
}

}  // namespace trilby::data
