// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Makes rows with times into equal steps without missing values. What is changed becomes a note,
/// one sentence each.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "data/large_vector.hpp"
#include <trilby/result.hpp>

namespace trilby::data {

inline constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

/// Rows of a table that becomes a series.
struct TimedRows {
    LargeVector<double> times;   ///< seconds since 1970; empty if the rows have no times
    LargeVector<double> values;  ///< [rows, variables]; missing_value where there is none
    std::size_t variables = 0;

    [[nodiscard]] std::size_t rows() const { return values.size() / variables; }
};

/// Where a value of a series is from.
enum class Origin : std::uint8_t {
    table,    ///< a row, or the mean of several
    carried,  ///< missing: the last value before it
    none,     ///< missing, as are all before it: the first value, which is later
};

struct TimeStep {
    std::string text = "1 row";  ///< "1 hour"
    double seconds = 0.0;        ///< the mean of months and years; 0: equally spaced rows
    unsigned month_day = 31;     ///< of steps in months; see time_after()
};

/// Sorts the rows by time.
void sort_rows(TimedRows& rows, std::vector<std::string>& notes);

/// The number of rows whose time is that of the row before; the rows are sorted.
[[nodiscard]] std::size_t count_repeats(std::span<const double> times);

/// Makes rows of the same time into one, with the means of their values.
void merge_repeats(TimedRows& rows, std::vector<std::string>& notes);

/// The usual step of sorted rows with different times. Rows with missing values are added where
/// steps are missing, unless more than a fifth of the rows would be made up, as with the nights and
/// weekends of prices: then the rows count as equally spaced. ErrorCode::bad_data if more than
/// `fill_limit` steps in a row are missing.
[[nodiscard]] Result<TimeStep> fill_steps(TimedRows& rows, std::int64_t fill_limit,
                                          std::vector<std::string>& notes);

/// The same for steps that are known, as those of a series that goes on in another file, which may
/// be as short as one row. Rows count as equally spaced only if the step is 0 seconds, so that a
/// week of prices, which has no gap yet, is read as all of them are. ErrorCode::bad_data too if
/// less than half of the steps are such steps, or if many more rows than there are would be made
/// up.
[[nodiscard]] Result<TimeStep> fill_known_steps(TimedRows& rows, const TimeStep& known,
                                                std::int64_t fill_limit,
                                                std::vector<std::string>& notes);

/// The most rows in a row without a value of the variable.
[[nodiscard]] std::size_t longest_missing(const TimedRows& rows, std::size_t variable);

/// Fills missing values of a variable with the last value before them, so that no value tells about
/// later ones; only Origin::none does. Returns how many there were; if there are any, `origins` is
/// as long as the values. The variable has at least one value.
std::size_t fill_from_past(TimedRows& rows, std::size_t variable, LargeVector<Origin>& origins);

}  // namespace trilby::data
