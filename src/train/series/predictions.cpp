// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "data/series.hpp"
#include "data/time_axis.hpp"
#include "data/values.hpp"
#include "train/series/data.hpp"
#include "train/series/schema.hpp"
#include "train/series/windows.hpp"

namespace trilby::train::series {
namespace {

/// The variables of the schema, with the same column of time and the same steps, which a short file
/// may not show.
Result<data::Series> read_input(const Settings& settings, const Schema& schema,
                                const std::filesystem::path& file) {
    TRILBY_TRY(series,
               data::read_series(file, {.time = schema.time,
                                        .variables = schema.names(),
                                        .fill_limit = settings.fill_limit,
                                        .step = data::TimeStep{.text = schema.step,
                                                               .seconds = schema.step_seconds}}));
    if (series.steps() < static_cast<std::size_t>(settings.look_back)) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has {} rows, expected at least the {} of the look-back",
                                   file.string(), series.steps(), settings.look_back),
                       "give more of the past");
    }
    return std::move(series);
}

template <class T>
void keep_end(data::LargeVector<T>& values, std::size_t kept, std::size_t added) {
    values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(kept));
    values.resize(kept + added);
}

/// The rows of the look-back, and room for the horizon.
void keep_end(data::Series& series, const Settings& settings) {
    const std::size_t width = series.variables.size();
    const auto past = static_cast<std::size_t>(settings.look_back) * width;
    const auto future = static_cast<std::size_t>(settings.horizon) * width;
    keep_end(series.values, past, future);
    if (!series.origins.empty()) {
        keep_end(series.origins, past, future);
    }
}

/// A network computes seven digits of a standardized value. A mean that is far from 0 adds others
/// in front of them.
int digits_of(const Variable& variable) {
    constexpr double computed = 7.0;
    constexpr double most = 17.0;
    const double before = std::floor(std::log10(std::abs(variable.mean) / variable.deviation));
    return static_cast<int>(std::clamp(computed + before, computed, most));
}

/// The times of the steps to come, or their numbers.
std::vector<std::string> names_after(const data::Series& series, std::int64_t horizon) {
    const auto time_of = [&](std::int64_t step) {
        return data::time_after(series.last_time, series.step.seconds, step, series.step.month_day);
    };
    const bool have_time = !data::is_midnight(time_of(0)) || !data::is_midnight(time_of(1));
    std::vector<std::string> names;
    for (std::int64_t step = 1; step <= horizon; ++step) {
        names.push_back(series.step.seconds > 0.0 ? data::format_date(time_of(step), have_time)
                                                  : fmt::format("{}", step));
    }
    return names;
}

}  // namespace

Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& /*recipe*/,
                                    const json::object& document,
                                    const std::vector<std::filesystem::path>& files) {
    if (files.size() != 1) {
        return failure(ErrorCode::usage, fmt::format("{} files, expected one series", files.size()),
                       "give one file, whose end will be continued");
    }
    TRILBY_TRY(schema, parse_schema(document));
    TRILBY_TRY(series, read_input(settings, schema, files.front()));
    std::vector<std::string> names = names_after(series, settings.horizon);
    keep_end(series, settings);
    TRILBY_TRY(arrays, make_arrays(schema, series));
    PreparedData data{.source = files.front(), .schema = document, .arrays = std::move(arrays)};
    data.parts.test = {settings.look_back, settings.look_back + settings.horizon};
    data.has_targets = false;
    data.names = std::move(names);
    data.notes = std::move(series.notes);
    return data;
}

Result<PreparedData> prepare_evaluation(const Settings& settings, const json::object& document,
                                        const std::filesystem::path& path) {
    TRILBY_TRY(schema, parse_schema(document));
    TRILBY_TRY(series, read_input(settings, schema, path));
    const auto steps = static_cast<std::int64_t>(series.steps());
    if (steps < settings.look_back + settings.horizon) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has {} rows, expected at least the {} of look-back and "
                                   "horizon",
                                   path.string(), steps, settings.look_back + settings.horizon),
                       "give a longer series");
    }
    TRILBY_CHECK(check_targets(settings, series, {settings.look_back, steps},
                               fmt::format("'{}'", path.string())));
    TRILBY_TRY(arrays, make_arrays(schema, series));
    PreparedData data{.source = path, .schema = document, .arrays = std::move(arrays)};
    data.parts.test = {settings.look_back, steps};
    data.notes = std::move(series.notes);
    return data;
}

Result<Shape> output_shape(const Settings& settings, const PreparedData& data) {
    const data::Range windows = windows_of(data.parts.test, settings.look_back, settings.horizon);
    const std::int64_t variables = data.arrays.layout_of("values").shape[1];
    return Shape{windows.size(), settings.horizon * variables};
}

Result<Predictions> to_predictions(const Settings& /*settings*/, const PreparedData& data,
                                   std::span<const float> outputs) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    Predictions predictions{.columns = {schema.step_seconds > 0.0 ? schema.time : "step"},
                            .rows = {}};
    predictions.digits.push_back(0);  // of texts
    for (const Variable& variable : schema.variables) {
        predictions.columns.push_back(variable.name);
        predictions.digits.push_back(digits_of(variable));
    }
    for (std::size_t step = 0; step < data.names.size(); ++step) {
        std::vector<Predictions::Cell> row{data.names[step]};
        for (std::size_t v = 0; v < schema.variables.size(); ++v) {
            row.emplace_back(
                schema.variables[v].in_own_unit(outputs[step * schema.variables.size() + v]));
        }
        predictions.rows.push_back(std::move(row));
    }
    return predictions;
}

Result<void> add_reports(const Settings& settings, const PreparedData& data,
                         std::span<const float> outputs, Evaluation& evaluation) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const std::size_t width = schema.variables.size();
    const auto horizon = static_cast<std::size_t>(settings.horizon);
    const std::span<const float> values = data.arrays.elements<float>("values");
    const std::span<const std::uint8_t> known = known_of(data.arrays);
    const auto first_row = static_cast<std::size_t>(
        windows_of(data.parts.test, settings.look_back, settings.horizon).first +
        settings.look_back);
    for (std::size_t v = 0; v < width; ++v) {
        const Variable& variable = schema.variables[v];
        std::vector<double> errors;
        for (std::size_t i = v; i < outputs.size(); i += width) {
            const std::size_t step = i / width;
            const std::size_t row = first_row + step / horizon + step % horizon;
            if (known.empty() || known[row * width + v] != 0) {
                const double error = static_cast<double>(outputs[i]) - values[row * width + v];
                errors.push_back(error * variable.deviation);
            }
        }
        if (!errors.empty()) {
            evaluation.errors.push_back(report_errors(variable.name, errors));
        }
    }
    return {};
}

}  // namespace trilby::train::series
