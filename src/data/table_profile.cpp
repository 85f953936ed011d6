// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/table_profile.hpp"

#include <fmt/format.h>

#include "base/try.hpp"

namespace trilby::data {
namespace {

CommaUse commas_in(const CsvFormat& format) {
    return format.separator == ',' ? CommaUse::groups : CommaUse::decimal;
}

std::optional<TimeColumn> find_time(const TableProfile& table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        if (column.type != ColumnType::date || table.profiles[i].missing() > 0) {
            continue;
        }
        if (const auto axis = table.profiles[i].times(column.date_order).axis()) {
            return TimeColumn{.index = i, .axis = *axis};
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
    table.time = find_time(table);
    return table;
}

}  // namespace trilby::data
