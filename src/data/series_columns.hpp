// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which columns of a table make a series.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/series.hpp"
#include "data/table_profile.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

struct SeriesColumns {
    std::optional<RowTime> time;
    std::vector<std::size_t> variables;
};

/// The columns of the choice. By default, the time is in the columns that are a time axis, or else
/// in the first that have times, and all other columns with numbers are variables.
[[nodiscard]] Result<SeriesColumns> find_columns(const TableProfile& table,
                                                 const SeriesChoice& choice);

/// The name of the time, such as "Date + Time"; empty if there is none.
[[nodiscard]] std::string time_name(const TableProfile& table, const std::optional<RowTime>& time);

/// What people should know about the choice: one sentence for each column that is not used or not
/// whole.
[[nodiscard]] std::vector<std::string> notes_on_columns(const TableProfile& table,
                                                        const SeriesColumns& columns);

}  // namespace trilby::data
