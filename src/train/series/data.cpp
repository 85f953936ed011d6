// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/data.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/try.hpp"
#include "base/units.hpp"
#include "train/series/baselines.hpp"
#include "train/series/seasonality.hpp"
#include "train/series/windows.hpp"

namespace trilby::train::series {
namespace {

/// ErrorCode::bad_data at the key of the recipe.
std::unexpected<Error> error_at(const Recipe& recipe, const std::string& key, std::string_view what,
                                std::string hint) {
    return failure(ErrorCode::bad_data, fmt::format("{}: {}", recipe.place_of(key), what),
                   std::move(hint));
}

/// The size that the recipe gives: as a number of rows, or as a fraction.
std::int64_t rows_of(std::int64_t given, double fraction, std::int64_t rows) {
    return given > 0 ? given : std::lround(fraction * static_cast<double>(rows));
}

Result<void> check_part(const Settings& settings, const data::Range& part, std::string_view name,
                        std::int64_t rows) {
    if (part.size() == 0 || windows_of(part, settings.look_back, settings.horizon).size() > 0) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("the {} part has {} of {} rows, too few for a look-back of {} and a "
                    "horizon of {}",
                    name, part.size(), format_count(rows), settings.look_back, settings.horizon),
        fmt::format("reduce data.look_back or data.horizon, or change the size of the "
                    "{} part",
                    name));
}

Variable standardize(const data::Series& series, std::size_t variable,
                     const data::Range& training) {
    const std::size_t width = series.variables.size();
    const auto mean_of = [&](auto map) {
        double sum = 0.0;
        double count = 0.0;
        for (std::int64_t row = training.first; row < training.last; ++row) {
            const std::size_t at = static_cast<std::size_t>(row) * width + variable;
            const bool is_known = series.origin(at) == data::Origin::table;
            sum += is_known ? map(series.values[at]) : 0.0;
            count += is_known ? 1.0 : 0.0;
        }
        return sum / count;
    };
    const double mean = mean_of([](double value) { return value; });
    const double variance = mean_of([&](double value) { return (value - mean) * (value - mean); });
    return {.name = series.variables[variable],
            .mean = mean,
            .deviation = variance > 0.0 ? std::sqrt(variance) : 1.0};
}

bool has_known_value(const data::Series& series, const data::Range& rows, std::size_t first,
                     std::size_t last) {
    const std::size_t width = series.variables.size();
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
        for (std::size_t variable = first; variable < last; ++variable) {
            const std::size_t at = static_cast<std::size_t>(row) * width + variable;
            if (series.origin(at) == data::Origin::table) {
                return true;
            }
        }
    }
    return false;
}

Result<void> check_targets(const Settings& settings, const data::Series& series,
                           const data::Parts& parts) {
    TRILBY_CHECK(check_targets(settings, series, parts.training, "the training part"));
    TRILBY_CHECK(check_targets(settings, series, parts.validation, "the validation part"));
    return check_targets(settings, series, parts.test, "the test part");
}

/// What a person should know about the parts and variables.
std::vector<std::string> notes_on(const Schema& schema, const data::Series& series,
                                  const data::Parts& parts) {
    std::vector<std::string> notes = series.notes;
    notes.push_back(fmt::format("in order of time, {} rows train, {} validate and {} test{}",
                                format_count(parts.training.size()),
                                format_count(parts.validation.size()),
                                format_count(parts.test.size()),
                                parts.test.last < static_cast<std::int64_t>(series.steps())
                                    ? "; the rows after them are not used"
                                    : ""));
    notes.push_back(schema.period > 1 ? fmt::format("the series repeats after {} steps of {}",
                                                    schema.period, schema.step)
                                      : "the series has no period");
    return notes;
}

void add_notes_on_constants(std::vector<std::string>& notes, const data::Series& series,
                            const data::Range& training) {
    const std::size_t width = series.variables.size();
    for (std::size_t variable = 0; variable < width; ++variable) {
        const auto value = [&](std::int64_t row) {
            return series.values[static_cast<std::size_t>(row) * width + variable];
        };
        std::int64_t row = training.first + 1;
        while (row < training.last && value(row) == value(training.first)) {
            ++row;
        }
        if (row == training.last) {
            notes.push_back(fmt::format("'{}' is always {} in the training part",
                                        series.variables[variable], value(training.first)));
        }
    }
}

/// A value that is not known yet is the mean of the training part. The first one that will be known
/// may be one that a window forecasts.
float standardized(const data::Series& series, std::size_t value, const Variable& variable) {
    return series.origin(value) == data::Origin::none
               ? 0.0F
               : static_cast<float>((series.values[value] - variable.mean) / variable.deviation);
}

std::vector<ArrayLayout> layout_of(const data::Series& series) {
    const Shape shape{static_cast<std::int64_t>(series.steps()),
                      static_cast<std::int64_t>(series.variables.size())};
    std::vector<ArrayLayout> layout{{"values", ElementType::f32, shape}};
    if (!series.origins.empty()) {
        layout.push_back({"known", ElementType::u8, shape});
    }
    return layout;
}

}  // namespace

Result<void> check_network(const Settings& settings, const Recipe& recipe) {
    if (settings.kind != NetworkKind::patch_transformer) {
        return {};
    }
    if (settings.width % settings.heads != 0) {
        return error_at(recipe, "network.heads",
                        fmt::format("heads is {}, expected a divisor of width, which is {}",
                                    settings.heads, settings.width),
                        "change heads or width");
    }
    if (settings.patch_length > settings.look_back) {
        return error_at(recipe, "network.patch_length",
                        fmt::format("patch_length is {}, expected at most look_back, which is {}",
                                    settings.patch_length, settings.look_back),
                        "change patch_length or data.look_back");
    }
    return {};
}

data::SeriesChoice choice_of(const Settings& settings) {
    return {
        .time = settings.time, .variables = settings.variables, .fill_limit = settings.fill_limit};
}

Result<data::Parts> parts_of(const Settings& settings, std::int64_t rows) {
    const std::int64_t test = rows_of(settings.test_rows, settings.test, rows);
    const std::int64_t validation = rows_of(settings.validation_rows, settings.validation, rows);
    const std::int64_t training =
        settings.training_rows > 0 ? settings.training_rows : rows - validation - test;
    if (training <= 0 || training + validation + test > rows) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{} rows cannot be divided into {} for training, {} for "
                        "validation and {} for test",
                        format_count(rows), std::max<std::int64_t>(0, training), validation, test),
            "change the sizes of the parts in [data]");
    }
    const data::Parts parts{.training = {0, training},
                            .validation = {training, training + validation},
                            .test = {training + validation, training + validation + test}};
    TRILBY_CHECK(check_part(settings, parts.training, "training", rows));
    TRILBY_CHECK(check_part(settings, parts.validation, "validation", rows));
    TRILBY_CHECK(check_part(settings, parts.test, "test", rows));
    return parts;
}

Result<void> check_targets(const Settings& settings, const data::Series& series,
                           const data::Range& part, std::string_view what) {
    const data::Range windows = windows_of(part, settings.look_back, settings.horizon);
    const data::Range targets{windows.first + settings.look_back, part.last};
    if (windows.size() == 0 || has_known_value(series, targets, 0, series.variables.size())) {
        return {};
    }
    return failure(ErrorCode::bad_data, fmt::format("{} has only missing values to forecast", what),
                   "choose other sizes of the parts, or use only the rows before the gap");
}

Result<Schema> make_schema(const data::Series& series, const data::Range& training) {
    const std::size_t width = series.variables.size();
    Schema schema{.time = series.time,
                  .step = series.step.text,
                  .step_seconds = series.step.seconds,
                  .variables = {}};
    for (std::size_t variable = 0; variable < width; ++variable) {
        if (!has_known_value(series, training, variable, variable + 1)) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("the training part has no value of '{}'", series.variables[variable]),
                "choose other variables, or a larger training part");
        }
        schema.variables.push_back(standardize(series, variable, training));
        if (!fits_float(schema.variables.back())) {
            return failure(ErrorCode::bad_data,
                           fmt::format("the values of '{}' are too large to compute with",
                                       series.variables[variable]),
                           "give them in a larger unit, or leave the column out");
        }
    }
    const auto rows = static_cast<std::size_t>(training.size());
    schema.period =
        find_period(std::span(series.values).first(rows * width), width, series.step.seconds);
    return schema;
}

Result<SharedArrays> make_arrays(const Schema& schema, const data::Series& series) {
    const std::size_t width = schema.variables.size();
    TRILBY_TRY(arrays, SharedArrays::reserve(layout_of(series)));
    const std::span<float> values = arrays.elements<float>("values");
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Variable& variable = schema.variables[i % width];
        values[i] = standardized(series, i, variable);
        if (!std::isfinite(values[i])) {
            return failure(ErrorCode::bad_data,
                           fmt::format("the value {} of '{}' in row {} is too far from those of "
                                       "the training part",
                                       series.values[i], variable.name, i / width + 1),
                           "fix the row, or leave the column out");
        }
    }
    if (!series.origins.empty()) {
        std::ranges::transform(
            series.origins, arrays.elements<std::uint8_t>("known").begin(),
            [](data::Origin origin) { return origin == data::Origin::table ? 1 : 0; });
    }
    return std::move(arrays);
}

std::span<const std::uint8_t> known_of(const SharedArrays& arrays) {
    return arrays.has("known") ? arrays.elements<std::uint8_t>("known")
                               : std::span<const std::uint8_t>();
}

Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                             const std::optional<std::filesystem::path>& /*folder*/) {
    TRILBY_CHECK(check_network(settings, recipe));
    TRILBY_TRY(series, data::read_series(settings.path, choice_of(settings)));
    TRILBY_TRY(parts, parts_of(settings, static_cast<std::int64_t>(series.steps())));
    TRILBY_CHECK(check_targets(settings, series, parts));
    TRILBY_TRY(schema, make_schema(series, parts.training));
    TRILBY_TRY(arrays, make_arrays(schema, series));
    std::vector<std::string> notes = notes_on(schema, series, parts);
    add_notes_on_constants(notes, series, parts.training);
    const WindowSet test{.values = arrays.elements<float>("values"),
                         .known = known_of(arrays),
                         .variables = static_cast<std::int64_t>(schema.variables.size()),
                         .first_rows = windows_of(parts.test, settings.look_back, settings.horizon),
                         .look_back = settings.look_back,
                         .horizon = settings.horizon};
    std::vector<Baseline> baselines = baselines_of(test, schema.period);
    return PreparedData{.source = settings.path,
                        .schema = to_json(schema),
                        .arrays = std::move(arrays),
                        .parts = parts,
                        .baselines = std::move(baselines),
                        .notes = std::move(notes)};
}

}  // namespace trilby::train::series
