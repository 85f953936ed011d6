// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/schema.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>

#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"
#include "data/describe.hpp"

namespace trilby::train::table {

TRILBY_DESCRIBE_ENUM(NumberPart, '_', value, missing, time, day_of_year, weekday, hour)
TRILBY_DESCRIBE(NumberInput, column, part, curve)
TRILBY_DESCRIBE(Target, column, classes, is_log, mean, deviation)
TRILBY_DESCRIBE(Schema, columns, numbers, target)

namespace {

constexpr std::string_view where = "the schema of a table";

bool is_curve(const Curve& curve) {
    const auto ascends = [](const auto& a, const auto& b) {
        return a.first < b.first && a.second <= b.second;
    };
    return curve.size() >= 2 &&
           std::ranges::adjacent_find(curve, std::not_fn(ascends)) == curve.end();
}

data::ColumnType type_for(NumberPart part) {
    return part == NumberPart::value ? data::ColumnType::number : data::ColumnType::date;
}

/// Whether the column is there and has such a part.
bool has_column(const Schema& schema, const NumberInput& input) {
    const auto column = std::ranges::find(schema.columns, input.column, &data::Column::name);
    return column != schema.columns.end() &&
           (input.part == NumberPart::missing || column->type == type_for(input.part));
}

Result<void> check(const Schema& schema) {
    for (const NumberInput& input : schema.numbers) {
        if (!is_curve(input.curve) || !has_column(schema, input)) {
            return failure(ErrorCode::bad_data,
                           fmt::format("the input '{}' in {} is not valid", input.column, where));
        }
    }
    const bool is_target = schema.target.deviation > 0.0 && schema.target.classes.size() != 1;
    return is_target
               ? Result<void>()
               : failure(ErrorCode::bad_data, fmt::format("the target in {} is not valid", where));
}

}  // namespace

std::vector<std::int64_t> level_counts(const Schema& schema) {
    std::vector<std::int64_t> counts;
    for (const data::Column& column : schema.columns) {
        if (column.type == data::ColumnType::category) {
            counts.push_back(static_cast<std::int64_t>(column.levels.size()));
        }
    }
    return counts;
}

double standardized(const Target& target, double number) {
    return ((target.is_log ? std::log(number) : number) - target.mean) / target.deviation;
}

double in_own_unit(const Target& target, double output) {
    const double number = output * target.deviation + target.mean;
    return target.is_log ? std::exp(number) : number;
}

json::object to_json(const Schema& schema) {
    return json::to_json(schema, json::whole_texts);
}

Result<Schema> parse_schema(const json::object& document) {
    constexpr json::ReadLimits limits{.text_bytes = json::whole_texts, .rows = data::level_limit};
    TRILBY_TRY(schema, json::from_json<Schema>(document, where, limits));
    TRILBY_CHECK(check(schema));
    return schema;
}

}  // namespace trilby::train::table
