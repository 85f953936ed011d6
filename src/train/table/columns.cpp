// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/columns.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>

#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "data/describe.hpp"

namespace trilby::train::table {
namespace {

using data::Column;
using data::ColumnType;

std::vector<std::string_view> names_of(const std::vector<Column>& columns) {
    std::vector<std::string_view> names;
    for (const Column& column : columns) {
        names.push_back(column.name);
    }
    return names;
}

Result<std::size_t> find_column(const std::vector<Column>& columns, const std::string& name,
                                const std::string& place) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    if (found != columns.end()) {
        return static_cast<std::size_t>(found - columns.begin());
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{}: the table has no column '{}'{}", place, name,
                               did_you_mean(name, names_of(columns))),
                   "'trilby data show' lists the columns");
}

Result<ColumnType> type_named(const std::string& word, const std::string& place) {
    if (const auto type = enum_named<ColumnType>(word)) {
        return *type;
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format(
            "{}: '{}' is not a type of a column, expected number, category, date or ignored", place,
            word));
}

/// A number or a category with more than one value.
Result<void> check_target(const Column& target, const std::string& place) {
    if (target.type == ColumnType::number || target.type == ColumnType::category) {
        return {};
    }
    const std::string why = target.type == ColumnType::date ? "it has dates"
                            : target.note.empty()           ? "the recipe ignores it"
                                                            : target.note;
    return failure(
        ErrorCode::bad_data,
        fmt::format("{}: '{}' cannot be the target: {}", place, target.name, why),
        "choose another target, or set its type in [data.columns] to number or category");
}

/// Takes the column out of the list.
Column taken(std::vector<Column>& columns, std::size_t index) {
    Column column = std::move(columns[index]);
    columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(index));
    return column;
}

bool is_ignored(const Column& column) {
    return column.type == ColumnType::ignored;
}

/// "id (it only counts the rows), note (most of its texts occur only once)"
std::string list_ignored(const std::vector<Column>& columns) {
    std::vector<std::string> ignored;
    for (const Column& column : columns) {
        if (is_ignored(column)) {
            ignored.push_back(column.note.empty()
                                  ? column.name
                                  : fmt::format("{} ({})", column.name, column.note));
        }
    }
    return fmt::format("{}", fmt::join(ignored, ", "));
}

std::unexpected<Error> nothing_to_learn_from(const std::string& target,
                                             const std::string& ignored) {
    const std::string what =
        fmt::format("there is no column from which '{}' could be learned", target);
    return ignored.empty()
               ? failure(ErrorCode::bad_data, what,
                         "add columns, or learn how this one goes on with --task series")
               : failure(ErrorCode::bad_data, fmt::format("{}: {}", what, ignored),
                         "set the types of columns in [data.columns] of the recipe");
}

}  // namespace

std::vector<Column> UsedColumns::all() const {
    std::vector<Column> columns = inputs;
    columns.push_back(target);
    if (split) {
        columns.push_back(*split);
    }
    return columns;
}

Result<std::vector<Column>> typed_columns(const data::TableProfile& profile,
                                          const Settings& settings, const Recipe& recipe) {
    std::vector<Column> columns = profile.columns;
    for (const auto& [name, word] : settings.columns) {
        const std::string& place = recipe.place_of("data.columns." + name);
        TRILBY_TRY(index, find_column(columns, name, place));
        TRILBY_TRY(type, type_named(word, place));
        if (type == columns[index].type) {
            continue;
        }
        auto column = profile.profiles[index].column_as(name, type);
        if (!column) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: {}", place, column.error().message),
                           column.error().hint);
        }
        columns[index] = std::move(*column);
    }
    return columns;
}

Result<UsedColumns> used_columns(std::vector<Column> columns, const Settings& settings,
                                 const Recipe& recipe) {
    UsedColumns used;
    const std::string& target_place = recipe.place_of("data.target");
    TRILBY_TRY(target, find_column(columns, settings.target, target_place));
    TRILBY_CHECK(check_target(columns[target], target_place));
    used.target = taken(columns, target);
    if (settings.split == SplitKind::column) {
        const std::string& place = recipe.place_of("data.split_column");
        if (settings.split_column.empty()) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: split is 'column', but split_column is empty", place),
                           "set data.split_column to the column with 'train', 'valid' and 'test'");
        }
        TRILBY_TRY(split, find_column(columns, settings.split_column, place));
        if (columns[split].type != ColumnType::category) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{}: column '{}' does not have the words 'train', 'valid' "
                                       "and 'test'",
                                       place, settings.split_column));
        }
        used.split = taken(columns, split);
    }
    std::ranges::remove_copy_if(columns, std::back_inserter(used.inputs), is_ignored);
    if (used.inputs.empty()) {
        return nothing_to_learn_from(settings.target, list_ignored(columns));
    }
    return used;
}

std::string note_on_ignored(const std::vector<Column>& columns) {
    const std::string ignored = list_ignored(columns);
    return ignored.empty() ? "" : "not used: " + ignored;
}

}  // namespace trilby::train::table
