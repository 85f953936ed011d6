// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the inputs and outputs of a network for a table mean. With a schema alone, the rows of a
/// file become arrays, and outputs become classes or values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "data/column.hpp"
#include "train/table/normal_scores.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

/// Which part of a column a number is: its value, or 1 where the value is missing. For a date, in
/// UTC: the seconds since 1970, days since the year began, days since Monday, or hours since
/// midnight.
enum class NumberPart : std::uint8_t { value, missing, time, day_of_year, weekday, hour };

struct NumberInput {
    std::string column;
    NumberPart part = NumberPart::value;
    Curve curve;  ///< from the training part, with at least two points
};

struct Target {
    std::string column;
    std::vector<std::string> classes;  ///< empty for a number
    bool is_log = false;               ///< the network learns the logarithm
    // The network learns (number - mean) / deviation.
    double mean = 0.0;
    double deviation = 1.0;

    [[nodiscard]] bool is_class() const { return !classes.empty(); }
};

struct Schema {
    /// Those that are used, without the target. Categories have the levels of the training part.
    std::vector<data::Column> columns;
    std::vector<NumberInput> numbers;
    Target target;
};

/// The number of levels of each category, in the order of the columns. A code is 1 + the index of a
/// level, or 0 for another or a missing value.
[[nodiscard]] std::vector<std::int64_t> level_counts(const Schema& schema);

/// What the network learns for a number.
[[nodiscard]] double standardized(const Target& target, double number);
/// The number for an output of the network.
[[nodiscard]] double in_own_unit(const Target& target, double output);

[[nodiscard]] json::object to_json(const Schema& schema);
/// ErrorCode::bad_data for what cannot be a schema.
[[nodiscard]] Result<Schema> parse_schema(const json::object& document);

}  // namespace trilby::train::table
