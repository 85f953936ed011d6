// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/choose_target.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <ranges>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "data/values.hpp"

namespace trilby::train::table {
namespace {

using data::Column;
using data::ColumnType;

// Earlier names are preferred.
constexpr std::array<std::string_view, 15> target_names{
    "target", "label",     "labels", "class",   "y",       "outcome", "response", "result",
    "price",  "diagnosis", "churn",  "species", "quality", "income",  "salary"};

// A column with such a name holds names, even if they are numbers.
constexpr std::array<std::string_view, 7> names_of_classes{
    "class", "label", "labels", "type", "species", "category", "diagnosis"};

bool can_be_learned(const Column& column) {
    return column.type == ColumnType::number || column.type == ColumnType::category;
}

bool are_whole_numbers(const std::vector<data::LevelCount>& levels, const Column& column) {
    return std::ranges::all_of(levels, [&](const data::LevelCount& level) {
        const auto number = data::parse_decimal(level.text, column.commas);
        return number && *number == std::floor(*number);
    });
}

bool count_without_gap(const data::NumberSummary& numbers, std::size_t levels) {
    return (numbers.minimum == 0.0 || numbers.minimum == 1.0) &&
           numbers.maximum - numbers.minimum == static_cast<double>(levels - 1);
}

/// A few whole numbers are more likely names of classes than measurements if they have no gap from
/// 0 or 1 on, or if the column is called "class" or the like.
bool counts_classes(const data::ColumnProfile& profile, const Column& column) {
    constexpr std::size_t most_classes = 20;
    const std::vector<data::LevelCount> levels = profile.levels();
    const data::NumberSummary& numbers = profile.numbers();
    return !levels.empty() && levels.size() <= most_classes && numbers.count == profile.present() &&
           are_whole_numbers(levels, column) &&
           (count_without_gap(numbers, levels.size()) ||
            std::ranges::count(names_of_classes, lower_case(column.name)) > 0);
}

ColumnType target_type(const data::TableProfile& profile, std::size_t index) {
    const Column& column = profile.columns[index];
    return column.type == ColumnType::number && counts_classes(profile.profiles[index], column)
               ? ColumnType::category
               : column.type;
}

std::optional<std::size_t> column_called(const data::TableProfile& profile, std::string_view name) {
    const auto found = std::ranges::find_if(profile.columns, [&](const Column& column) {
        return can_be_learned(column) && lower_case(column.name) == name;
    });
    return found == profile.columns.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - profile.columns.begin()));
}

Result<ChosenTarget> wished_target(const data::TableProfile& profile, const std::string& wish) {
    std::vector<std::string_view> names;
    for (const Column& column : profile.columns) {
        names.push_back(column.name);
    }
    const auto found = std::ranges::find(names, wish);
    if (found == names.end()) {
        return failure(
            ErrorCode::usage,
            fmt::format("the table has no column '{}'{}", wish, did_you_mean(wish, names)),
            "'trilby data show' lists the columns");
    }
    const auto index = static_cast<std::size_t>(found - names.begin());
    const Column& column = profile.columns[index];
    if (!can_be_learned(column)) {
        return failure(ErrorCode::usage,
                       fmt::format("'{}' cannot be the target: {}", wish,
                                   column.type == ColumnType::date ? "it has dates" : column.note),
                       "choose a column with numbers or categories");
    }
    return ChosenTarget{wish, target_type(profile, index), "as asked for"};
}

}  // namespace

Result<ChosenTarget> choose_target(const data::TableProfile& profile,
                                   const std::optional<std::string>& wish) {
    if (wish) {
        return wished_target(profile, *wish);
    }
    for (const std::string_view name : target_names) {
        if (const auto index = column_called(profile, name)) {
            return ChosenTarget{profile.columns[*index].name, target_type(profile, *index),
                                "because of its name"};
        }
    }
    for (std::size_t i = profile.columns.size(); i-- > 0;) {
        if (can_be_learned(profile.columns[i])) {
            return ChosenTarget{profile.columns[i].name, target_type(profile, i),
                                i + 1 == profile.columns.size()
                                    ? "the last column"
                                    : "the last column with numbers or categories"};
        }
    }
    return failure(ErrorCode::bad_data, "no column has numbers or categories to learn",
                   "'trilby data show' says why columns are ignored");
}

}  // namespace trilby::train::table
