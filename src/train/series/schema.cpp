// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/schema.hpp"

#include <algorithm>
#include <cmath>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "data/values.hpp"

namespace trilby::train::series {

TRILBY_DESCRIBE(Variable, name, mean, deviation)
TRILBY_DESCRIBE(Schema, time, step, step_seconds, period, variables)

bool fits_float(const Variable& variable) {
    return std::abs(variable.mean) <= data::largest_number &&
           variable.deviation <= data::largest_number;
}

std::vector<std::string> Schema::names() const {
    std::vector<std::string> names;
    for (const Variable& variable : variables) {
        names.push_back(variable.name);
    }
    return names;
}

Result<Schema> parse_schema(const json::object& document) {
    constexpr std::string_view where = "schema of a series";
    constexpr json::ReadLimits limits{.rows = 1'000'000};
    Schema schema;
    TRILBY_CHECK(json::Reader(limits).read_members(schema, document, where));
    constexpr double longest_step_seconds = 1e12;  // more than times differ
    const bool is_valid =
        schema.step_seconds >= 0.0 && schema.step_seconds <= longest_step_seconds &&
        schema.period >= 1 && !schema.variables.empty() &&
        std::ranges::all_of(schema.variables,
                            [](const Variable& v) { return v.deviation > 0 && fits_float(v); });
    if (!is_valid) {
        return failure(ErrorCode::bad_data,
                       "schema of a series: expected variables with means and deviations of 32 "
                       "bits, deviations over 0, a period of at least 1 and a step of 0 to 1e12 "
                       "seconds");
    }
    return schema;
}

json::object to_json(const Schema& schema) {
    return json::to_json(schema, json::whole_texts);
}

}  // namespace trilby::train::series
