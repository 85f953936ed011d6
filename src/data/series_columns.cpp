// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/series_columns.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"

namespace trilby::data {
namespace {

/// Beyond the disks of today.
constexpr std::size_t most_values = 50'000'000'000;

Result<std::size_t> column_named(const TableProfile& table, const std::string& name) {
    const auto found = std::ranges::find(table.columns, name, &Column::name);
    if (found != table.columns.end()) {
        return static_cast<std::size_t>(found - table.columns.begin());
    }
    std::vector<std::string_view> names;
    for (const Column& column : table.columns) {
        names.emplace_back(column.name);
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("there is no column '{}'{}", name, did_you_mean(name, names)),
                   "'trilby data show' lists the columns");
}

/// Numbers, even if they are always the same or count the rows.
bool has_numbers(const TableProfile& table, std::size_t column) {
    return table.columns[column].type == ColumnType::number ||
           (table.columns[column].type == ColumnType::ignored &&
            table.profiles[column].numbers().count > 0 &&
            table.profiles[column].numbers().count == table.profiles[column].present());
}

std::unexpected<Error> wrong_type(const Column& column, std::string_view expected) {
    return failure(ErrorCode::bad_data,
                   fmt::format("column '{}' does not hold {}", column.name, expected),
                   "choose another column; 'trilby data show' lists the types of the columns");
}

/// Dates, or numbers of seconds.
Result<RowTime> time_in_column(const TableProfile& table, std::size_t index) {
    const Column& column = table.columns[index];
    if (column.type == ColumnType::date) {
        return RowTime{.fields = {{.column = index, .order = column.date_order}}};
    }
    if (!has_numbers(table, index)) {
        return wrong_type(column, "dates, or numbers of seconds");
    }
    return RowTime{
        .fields = {{.column = index, .part = TimePart::seconds, .commas = column.commas}}};
}

/// The time of this name that several columns have together.
Result<RowTime> joined_time(const TableProfile& table, const std::string& name) {
    if (table.time && time_name(table, table.time->row) == name) {
        return table.time->row;
    }
    const auto found = std::ranges::find_if(
        table.joined_times, [&](const RowTime& time) { return time_name(table, time) == name; });
    if (found != table.joined_times.end()) {
        return *found;
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("no columns have the time '{}' together in every row", name),
                   "choose a column with dates; 'trilby data show' lists the columns");
}

Result<RowTime> time_named(const TableProfile& table, const std::string& name) {
    const bool is_column =
        std::ranges::find(table.columns, name, &Column::name) != table.columns.end();
    if (!is_column && name.contains(time_joint)) {
        return joined_time(table, name);
    }
    TRILBY_TRY(column, column_named(table, name));
    return time_in_column(table, column);
}

Result<std::optional<RowTime>> find_time(const TableProfile& table, const std::string& wanted) {
    if (!wanted.empty()) {
        return time_named(table, wanted);
    }
    if (table.time) {
        return table.time->row;
    }
    if (!table.joined_times.empty()) {
        return table.joined_times.front();
    }
    const auto date = std::ranges::find(table.columns, ColumnType::date, &Column::type);
    if (date == table.columns.end()) {
        return std::nullopt;
    }
    return time_in_column(table, static_cast<std::size_t>(date - table.columns.begin()));
}

Result<std::vector<std::size_t>> chosen_variables(const TableProfile& table,
                                                  const std::vector<std::string>& names) {
    std::vector<std::size_t> variables;
    for (const std::string& name : names) {
        TRILBY_TRY(column, column_named(table, name));
        if (!has_numbers(table, column)) {
            return wrong_type(table.columns[column], "numbers");
        }
        variables.push_back(column);
    }
    return variables;
}

/// All columns with numbers but for the time.
std::vector<std::size_t> number_columns(const TableProfile& table,
                                        const std::optional<RowTime>& time) {
    std::vector<std::size_t> variables;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].type == ColumnType::number && !(time && time->uses(i))) {
            variables.push_back(i);
        }
    }
    return variables;
}

std::string why_not_used(const Column& column) {
    return column.type == ColumnType::number    ? "it is not chosen"
           : column.type == ColumnType::ignored ? column.note
                                                : "it does not hold numbers";
}

}  // namespace

Result<SeriesColumns> find_columns(const TableProfile& table, const SeriesChoice& choice) {
    TRILBY_TRY(time, find_time(table, choice.time));
    TRILBY_TRY(chosen, chosen_variables(table, choice.variables));
    SeriesColumns columns{
        .time = time, .variables = choice.variables.empty() ? number_columns(table, time) : chosen};
    if (columns.variables.empty()) {
        return failure(ErrorCode::bad_data, "no column has numbers that change over time",
                       "'trilby data show' lists the columns and their types");
    }
    if (columns.variables.size() * table.rows > most_values) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{} rows of {} variables are more than {} values", format_count(table.rows),
                        columns.variables.size(), format_count(most_values)),
            "choose fewer columns with data.variables");
    }
    return columns;
}

std::string time_name(const TableProfile& table, const std::optional<RowTime>& time) {
    std::vector<std::string> names;
    for (const std::size_t i : time ? time->columns() : std::vector<std::size_t>()) {
        names.push_back(table.columns[i].name);
    }
    return joined_name(names);
}

std::vector<std::string> notes_on_columns(const TableProfile& table, const SeriesColumns& columns) {
    std::vector<std::string> notes;
    if (!columns.time) {
        notes.emplace_back("no column has dates: the rows are the steps, in their order");
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const bool is_variable = std::ranges::count(columns.variables, i) > 0;
        if (is_variable && !column.note.empty()) {
            notes.push_back(fmt::format("'{}': {}", column.name, column.note));
        } else if (!is_variable && !(columns.time && columns.time->uses(i))) {
            notes.push_back(fmt::format("'{}' is not used: {}", column.name, why_not_used(column)));
        }
    }
    return notes;
}

}  // namespace trilby::data
