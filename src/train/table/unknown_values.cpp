// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/unknown_values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

#include "base/text.hpp"
#include "base/units.hpp"

namespace trilby::train::table {
namespace {

/// "3 values of 'color' (such as 'pink')" for each column with values that are not known.
std::vector<std::string> list_unknown(std::span<const data::Column> columns,
                                      const data::TableValues& values) {
    std::vector<std::string> unknown;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const data::ColumnValues& column = values.columns[i];
        if (column.unknown > 0) {
            unknown.push_back(fmt::format(
                "{} value{} of '{}' ({}'{}')", format_count(column.unknown),
                column.unknown == 1 ? "" : "s", columns[i].name,
                column.unknown == 1 ? "" : "such as ", printable(column.first_unknown, 40)));
        }
    }
    return unknown;
}

}  // namespace

std::string note_on_unknown(std::span<const data::Column> columns,
                            const data::TableValues& values) {
    constexpr std::size_t most_shown = 10;
    const std::vector<std::string> unknown = list_unknown(columns, values);
    if (unknown.empty()) {
        return "";
    }
    const std::size_t shown = std::min(unknown.size(), most_shown);
    const std::string others =
        shown == unknown.size() ? "" : fmt::format(" and {} other columns", unknown.size() - shown);
    return fmt::format("the network does not know {}{}: they count as missing",
                       fmt::join(std::span(unknown).first(shown), ", "), others);
}

}  // namespace trilby::train::table
