// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/series.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "data/series_columns.hpp"
#include "data/time_axis.hpp"
#include "data/values.hpp"

namespace trilby::data {
namespace {

// ---- Rows

/// Words count as missing, as do values that are infinite or too large, like in a table.
double number_or_missing(std::string_view text, const Column& column) {
    const double value = parse_decimal(text, column.commas).value_or(missing_value);
    return std::abs(value) <= largest_number ? value : missing_value;
}

/// The texts of a time's columns, such as "16/12/2006 17:24:00".
std::string time_text(const CsvReader& reader, const RowTime& row) {
    std::vector<std::string_view> texts;
    for (const std::size_t i : row.columns()) {
        texts.push_back(reader.fields()[i]);
    }
    return fmt::format("{}", fmt::join(texts, " "));
}

Result<double> parse_time(const CsvReader& reader, const TableProfile& table, const RowTime& row) {
    if (const auto time = row.read(reader.fields())) {
        return *time;
    }
    const std::string text = time_text(reader, row);
    return failure(
        ErrorCode::bad_data,
        fmt::format("line {}: the time '{}' of column '{}' is {}", reader.line(),
                    printable(text, 40), time_name(table, row),
                    is_missing(text) ? "missing" : "not a date or a number of seconds since 1970"),
        "fix or remove the row, or choose another column with data.time");
}

Result<TimedRows> read_rows(const std::filesystem::path& path, const TableProfile& table,
                            const SeriesColumns& columns) {
    TRILBY_TRY(reader, CsvReader::open(path));
    TimedRows rows{.times = {}, .values = {}, .variables = columns.variables.size()};
    rows.values.reserve(table.rows * rows.variables);
    for (;;) {
        TRILBY_TRY(has_row, reader.next());
        if (!has_row) {
            return rows;
        }
        if (columns.time) {
            TRILBY_TRY(time, parse_time(reader, table, *columns.time));
            rows.times.push_back(time);
        }
        for (const std::size_t i : columns.variables) {
            rows.values.push_back(number_or_missing(reader.fields()[i], table.columns[i]));
        }
    }
}

// ---- Steps

/// The column that may tell several series in one file apart; nullptr if there is none.
const Column* find_category(const TableProfile& table) {
    const auto found = std::ranges::find(table.columns, ColumnType::category, &Column::type);
    return found == table.columns.end() ? nullptr : &*found;
}

Result<void> check_repeats(const TimedRows& rows, const TableProfile& table,
                           const std::string& time) {
    const std::size_t repeats = count_repeats(rows.times);
    if (repeats * rows_per_repeat <= rows.rows()) {
        return {};
    }
    const Column* category = find_category(table);
    return failure(
        ErrorCode::bad_data,
        fmt::format("{} of {} rows repeat a time of column '{}', expected one series with one row "
                    "for each time",
                    format_count(repeats), format_count(rows.rows()), time),
        category == nullptr
            ? "keep one row for each time"
            : fmt::format("keep the rows of one series, such as those where '{}' is '{}'",
                          category->name, category->levels.front()));
}

/// Rows without times are steps as they are.
Result<TimeStep> make_steps(TimedRows& rows, const TableProfile& table, const Series& series,
                            const SeriesChoice& choice, std::vector<std::string>& notes) {
    if (rows.times.empty()) {
        return TimeStep{};
    }
    sort_rows(rows, notes);
    TRILBY_CHECK(check_repeats(rows, table, series.time));
    merge_repeats(rows, notes);
    return choice.step ? fill_known_steps(rows, *choice.step, choice.fill_limit, notes)
                       : fill_steps(rows, choice.fill_limit, notes);
}

// ---- Missing values

/// Variables without long gaps. One that the user chose must not have any.
Result<std::vector<std::size_t>> usable_variables(const TimedRows& rows, Series& series,
                                                  const SeriesChoice& choice) {
    std::vector<std::size_t> usable;
    for (std::size_t i = 0; i < rows.variables; ++i) {
        const std::size_t longest = longest_missing(rows, i);
        if (longest <= static_cast<std::size_t>(choice.fill_limit) && longest < rows.rows()) {
            usable.push_back(i);
            continue;
        }
        std::string what =
            longest == rows.rows()
                ? fmt::format("'{}' has no values", series.variables[i])
                : fmt::format("'{}' lacks {} values in a row, expected at most {}",
                              series.variables[i], format_count(longest), choice.fill_limit);
        if (!choice.variables.empty() || rows.variables == 1) {
            return failure(ErrorCode::bad_data, std::move(what),
                           "choose other columns with data.variables, or set data.fill_limit to "
                           "fill more");
        }
        series.notes.push_back(fmt::format("{}: it is not used", what));
    }
    return usable;
}

void keep_variables(TimedRows& rows, Series& series, const std::vector<std::size_t>& kept) {
    if (kept.size() == rows.variables) {
        return;
    }
    LargeVector<double> values;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        for (const std::size_t i : kept) {
            values.push_back(rows.values[row * rows.variables + i]);
        }
    }
    std::vector<std::string> names;
    for (const std::size_t i : kept) {
        names.push_back(series.variables[i]);
    }
    rows = {.times = std::move(rows.times), .values = std::move(values), .variables = kept.size()};
    series.variables = std::move(names);
}

Result<void> fill_values(TimedRows& rows, Series& series, const SeriesChoice& choice) {
    TRILBY_TRY(usable, usable_variables(rows, series, choice));
    if (usable.empty()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("every variable lacks more than {} values in a row", choice.fill_limit),
            "set data.fill_limit to fill more");
    }
    keep_variables(rows, series, usable);
    for (std::size_t i = 0; i < rows.variables; ++i) {
        if (const std::size_t filled = fill_from_past(rows, i, series.origins); filled > 0) {
            series.notes.push_back(
                fmt::format("{} missing values of '{}' are filled with the values before them",
                            format_count(filled), series.variables[i]));
        }
    }
    return {};
}

Result<Series> make_series(const std::filesystem::path& path, const TableProfile& table,
                           const SeriesChoice& choice) {
    TRILBY_TRY(columns, find_columns(table, choice));
    TRILBY_TRY(rows, read_rows(path, table, columns));
    Series series{.time = time_name(table, columns.time),
                  .variables = {},
                  .values = {},
                  .notes = notes_on_columns(table, columns)};
    for (const std::size_t i : columns.variables) {
        series.variables.push_back(table.columns[i].name);
    }
    TRILBY_TRY(step, make_steps(rows, table, series, choice, series.notes));
    TRILBY_CHECK(fill_values(rows, series, choice));
    series.step = step;
    if (!rows.times.empty()) {
        series.first_time = rows.times.front();
        series.last_time = rows.times.back();
    }
    series.values = std::move(rows.values);
    return series;
}

}  // namespace

Result<Series> read_series(const std::filesystem::path& path, const SeriesChoice& choice) {
    TRILBY_TRY(table, profile_table(path));
    return read_series(path, table, choice);
}

Result<Series> read_series(const std::filesystem::path& path, const TableProfile& table,
                           const SeriesChoice& choice) {
    auto series = make_series(path, table, choice);
    // The errors of the reader have the path already.
    if (!series && !series.error().message.contains(path.string())) {
        series.error().message = fmt::format("'{}': {}", path.string(), series.error().message);
    }
    return series;
}

}  // namespace trilby::data
