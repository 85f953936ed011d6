// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <utility>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/csv.hpp"
#include "data/table.hpp"
#include "train/table/data.hpp"
#include "train/table/inputs.hpp"
#include "train/table/schema.hpp"
#include "train/table/target.hpp"
#include "train/table/unknown_values.hpp"

namespace trilby::train::table {
namespace {

using Path = std::filesystem::path;

/// The target as a column of a table to read.
data::Column target_column(const Target& target) {
    return {.name = target.column,
            .type = target.is_class() ? data::ColumnType::category : data::ColumnType::number,
            .levels = target.classes,
            .note = {}};
}

Result<bool> has_column(const Path& file, const std::string& name) {
    TRILBY_TRY(reader, data::CsvReader::open(file));
    return std::ranges::find(reader.names(), name) != reader.names().end();
}

/// With the target last if every file has it: the order of the files must not matter.
Result<std::vector<data::Column>> columns_in(const std::vector<Path>& files, const Schema& schema) {
    std::vector<data::Column> columns = schema.columns;
    for (const Path& file : files) {
        TRILBY_TRY(has_target, has_column(file, schema.target.column));
        if (!has_target) {
            return columns;
        }
    }
    columns.push_back(target_column(schema.target));
    return columns;
}

/// The values of all files; those of the target come last if every file has it.
Result<data::TableValues> read_files(const std::vector<Path>& files, const Schema& schema) {
    data::TableValues all;
    TRILBY_TRY(columns, columns_in(files, schema));
    for (const Path& file : files) {
        TRILBY_TRY(values, data::read_table(file, columns));
        if (all.columns.empty()) {
            all = std::move(values);
        } else {
            data::append(all, values);
        }
    }
    return all;
}

/// How many rows have a target; 0 if a file lacks the column.
std::size_t count_targets(const data::TableValues& values, const Schema& schema) {
    if (values.columns.size() == schema.columns.size()) {
        return 0;
    }
    std::size_t count = 0;
    for (std::uint64_t row = 0; row < values.rows; ++row) {
        count += has_target(values.columns.back(), row) ? 1 : 0;
    }
    return count;
}

void fill_targets(const Schema& schema, const data::TableValues& values, const Rows& rows,
                  const SharedArrays& arrays) {
    const data::ColumnValues& targets = values.columns.back();
    if (schema.target.is_class()) {
        fill_classes(schema.target, target_column(schema.target), targets, rows,
                     arrays.elements<std::int32_t>("targets"));
    } else {
        fill_numbers(schema.target, targets, rows, arrays.elements<float>("targets"));
    }
}

/// Predictions minus truths, in the target's own unit.
std::vector<double> errors_of(const Target& target, std::span<const float> truth,
                              std::span<const float> outputs) {
    std::vector<double> errors;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        errors.push_back(double{outputs[i]} - in_own_unit(target, double{truth[i]}));
    }
    return errors;
}

}  // namespace

Result<PreparedData> prepare_inputs(const Settings& /*settings*/, const Recipe& /*recipe*/,
                                    const json::object& schema, const std::vector<Path>& files) {
    TRILBY_TRY(known, parse_schema(schema));
    TRILBY_TRY(values, read_files(files, known));
    Rows rows(values.rows);
    std::iota(rows.begin(), rows.end(), std::uint64_t{0});
    const auto count = static_cast<std::int64_t>(rows.size());
    TRILBY_TRY(arrays, reserve_inputs(known, rows.size(),
                                      {{"targets", target_type(known.target), {count}}}));
    fill_inputs(known, values, rows, arrays.elements<float>("numbers"),
                arrays.elements<std::int32_t>("codes"));
    const std::size_t targets = count_targets(values, known);
    PreparedData data{.source = files.front(),
                      .schema = schema,
                      .arrays = std::move(arrays),
                      .parts = {.training = {}, .validation = {}, .test = {0, count}}};
    data.has_targets = targets == rows.size();
    if (data.has_targets) {
        fill_targets(known, values, rows, data.arrays);
    } else if (targets > 0) {
        data.notes.push_back(fmt::format("{} of {} rows have no '{}' that the network knows",
                                         format_count(rows.size() - targets),
                                         format_count(rows.size()), known.target.column));
    }
    if (std::string note = note_on_unknown(known.columns, values); !note.empty()) {
        data.notes.push_back(std::move(note));
    }
    return data;
}

Result<Shape> output_shape(const Settings& /*settings*/, const PreparedData& data) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const auto numbers = std::max<std::size_t>(1, schema.target.classes.size());
    return Shape{data.parts.test.size(), static_cast<std::int64_t>(numbers)};
}

Result<Predictions> to_predictions(const Settings& /*settings*/, const PreparedData& data,
                                   std::span<const float> outputs) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const std::vector<std::string>& classes = schema.target.classes;
    Predictions predictions{.columns = {"row", schema.target.column}, .rows = {}};
    if (!schema.target.is_class()) {
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            predictions.rows.push_back({static_cast<double>(i + 1), double{outputs[i]}});
        }
        return predictions;
    }
    predictions.columns.emplace_back("probability");
    const std::vector<std::int32_t> guesses = largest(outputs, classes.size());
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        const auto guess = static_cast<std::size_t>(guesses[i]);
        predictions.rows.push_back({static_cast<double>(i + 1), classes[guess],
                                    double{outputs[i * classes.size() + guess]}});
    }
    return predictions;
}

Result<void> add_reports(const Settings& /*settings*/, const PreparedData& data,
                         std::span<const float> outputs, Evaluation& evaluation) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const Target& target = schema.target;
    const data::Range& test = data.parts.test;
    if (target.is_class()) {
        report_classes(evaluation, target.classes,
                       data::part_of(data.arrays.elements<std::int32_t>("targets"), test),
                       largest(outputs, target.classes.size()));
    } else {
        const auto errors =
            errors_of(target, data::part_of(data.arrays.elements<float>("targets"), test), outputs);
        evaluation.errors.push_back(report_errors(target.column, errors));
    }
    return {};
}

}  // namespace trilby::train::table
