// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table_profile.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/try.hpp"

namespace trilby::data {
namespace {

/// The times of all rows that have one, sorted.
Result<std::vector<double>> read_times(const std::filesystem::path& path, const RowTime& row) {
    TRILBY_TRY(reader, CsvReader::open(path));
    std::vector<double> times;
    for (;;) {
        TRILBY_TRY(has_row, reader.next());
        if (!has_row) {
            break;
        }
        if (const auto time = row.read(reader.fields())) {
            times.push_back(*time);
        }
    }
    std::ranges::sort(times);
    return times;
}

/// Rows in another order than that of their times are a series if the times have nearly no gap.
std::optional<TimeAxis> axis_of_sorted(const std::filesystem::path& path, std::uint64_t rows,
                                       const RowTime& row) {
    constexpr std::uint64_t most_rows = 10'000'000;
    constexpr std::uint64_t steps_per_gap = 20;
    if (rows > most_rows) {
        return std::nullopt;
    }
    const auto times = read_times(path, row);
    if (!times) {
        return std::nullopt;
    }
    TimeProfile sorted;
    for (const double time : *times) {
        sorted.add(time);
    }
    const auto axis = sorted.axis();
    return axis && axis->gaps * steps_per_gap <= rows ? axis : std::nullopt;
}

/// `seen` are the times in the order of the rows.
std::optional<TableTime> time_axis(const std::filesystem::path& path, std::uint64_t rows,
                                   const RowTime& row, const TimeProfile& seen) {
    auto axis = seen.axis();
    if (!axis && !seen.is_in_order()) {
        axis = axis_of_sorted(path, rows, row);
    }
    return axis ? std::optional(TableTime{.row = row, .axis = *axis}) : std::nullopt;
}

/// The time with the fewest gaps: a wrong order of day and month makes more of them.
std::optional<TableTime> find_joined_time(const std::filesystem::path& path, std::uint64_t rows,
                                          const JoinedTimes& joined) {
    std::optional<TableTime> best;
    for (const JoinedTimes::Candidate& candidate : joined.candidates()) {
        auto time = time_axis(path, rows, candidate.time, candidate.profile);
        if (time && (!best || time->axis.gaps < best->axis.gaps)) {
            best = std::move(time);
        }
    }
    return best;
}

/// A column that is a time axis, or else columns that are one together.
std::optional<TableTime> find_time(const std::filesystem::path& path, const TableProfile& table,
                                   const JoinedTimes& joined) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        if (column.type != ColumnType::date || table.profiles[i].missing() > 0) {
            continue;
        }
        const RowTime row{.fields = {{.column = i, .order = column.date_order}}};
        if (const auto time =
                time_axis(path, table.rows, row, table.profiles[i].times(column.date_order))) {
            return time;
        }
    }
    return find_joined_time(path, table.rows, joined);
}

}  // namespace

Result<TableProfile> profile_table(const std::filesystem::path& path) {
    TRILBY_TRY(reader, CsvReader::open(path));
    TableProfile table{.format = reader.format()};
    table.profiles.assign(reader.names().size(), ColumnProfile(reader.format().commas()));
    JoinedTimes joined(reader.names(), reader.format().commas());
    for (;;) {
        TRILBY_TRY(has_row, reader.next());
        if (!has_row) {
            break;
        }
        ++table.rows;
        joined.add(reader.fields());
        for (std::size_t i = 0; i < reader.fields().size(); ++i) {
            table.profiles[i].add(reader.fields()[i]);
        }
        limit_levels(table.profiles);
    }
    if (table.rows == 0) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has a header but no rows", path.string()),
                       "give a table with at least one row");
    }
    for (std::size_t i = 0; i < table.profiles.size(); ++i) {
        table.columns.push_back(table.profiles[i].best_column(reader.names()[i]));
    }
    table.time = find_time(path, table, joined);
    for (const JoinedTimes::Candidate& candidate : joined.candidates()) {
        table.joined_times.push_back(candidate.time);
    }
    return table;
}

}  // namespace trilby::data
