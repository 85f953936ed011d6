// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// One or more variables over time in equal steps, from a table.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/series_steps.hpp"
#include "data/table_profile.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

/// What is read from a table. Empty members are found.
struct SeriesChoice {
    /// The column with dates, or numbers of seconds; or columns that have a time together, as
    /// "Date + Time".
    std::string time;
    std::vector<std::string> variables;  ///< columns with numbers; by default all of them
    /// The most missing steps or values in a row that are filled.
    std::int64_t fill_limit = 48;
    std::optional<TimeStep> step = std::nullopt;  ///< of rows with times; see fill_known_steps()
};

struct Series {
    std::string time;  ///< as in a SeriesChoice; empty if the rows are the steps, in their order
    TimeStep step;
    double first_time = 0.0;  ///< seconds since 1970
    double last_time = 0.0;
    std::vector<std::string> variables;
    LargeVector<double> values;        ///< [steps, variables], finite
    LargeVector<Origin> origins = {};  ///< of the values; empty if none was missing
    std::vector<std::string> notes;    ///< decisions and oddities, one sentence each

    [[nodiscard]] Origin origin(std::size_t value) const {
        return origins.empty() ? Origin::table : origins[value];
    }
    [[nodiscard]] std::size_t steps() const { return values.size() / variables.size(); }
};

/// ErrorCode::bad_data for a table that is not a series, for a column of the choice that is missing
/// or has another type, for times that repeat, as in a file with several series, and for long gaps.
[[nodiscard]] Result<Series> read_series(const std::filesystem::path& path,
                                         const SeriesChoice& choice);
/// The same for a table whose columns are known.
[[nodiscard]] Result<Series> read_series(const std::filesystem::path& path,
                                         const TableProfile& table, const SeriesChoice& choice);

}  // namespace trilby::data
