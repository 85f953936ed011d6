// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::train::series {

/// The network sees (value - mean) / deviation.
struct Variable {
    std::string name;
    double mean = 0.0;  ///< of the training part
    double deviation = 1.0;

    /// In 64 bits: a value of 32 may be too coarse for a mean that is far from 0.
    [[nodiscard]] double in_own_unit(double standardized) const {
        return standardized * deviation + mean;
    }
};

/// Whether mean and deviation are numbers of 32 bits, with which networks compute.
[[nodiscard]] bool fits_float(const Variable& variable);

/// What a network for series takes and gives.
struct Schema {
    std::string time;           ///< the column; empty if the rows have no times
    std::string step;           ///< "1 hour"
    double step_seconds = 0.0;  ///< 0 if it is not known
    std::int64_t period = 1;    ///< steps after which the series repeats; 1: it does not
    std::vector<Variable> variables;

    [[nodiscard]] std::vector<std::string> names() const;
};

/// ErrorCode::bad_data for a schema that no series can have.
[[nodiscard]] Result<Schema> parse_schema(const json::object& document);
[[nodiscard]] json::object to_json(const Schema& schema);

}  // namespace trilby::train::series
