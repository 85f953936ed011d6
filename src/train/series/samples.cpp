// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/samples.hpp"

#include <algorithm>

#include "base/try.hpp"
#include "data/series_steps.hpp"
#include "train/series/data.hpp"
#include "train/series/schema.hpp"
#include "train/series/windows.hpp"

namespace trilby::train::series {
namespace {

constexpr std::size_t most_drawn_windows = 2;
constexpr std::size_t most_drawn_variables = 6;

/// The values of a series and the forecasts of its windows.
struct Forecasts {
    const Settings& settings;
    const Schema& schema;
    std::span<const float> values;        ///< rows x variables, standardized
    std::span<const std::uint8_t> known;  ///< as known_of() gives it
    std::size_t first_row = 0;            ///< of the first window
    std::span<const float> outputs;       ///< standardized too

    /// `numbers` has the variables of each row.
    [[nodiscard]] double in_own_unit(std::span<const float> numbers, std::size_t row,
                                     std::size_t variable) const {
        return schema.variables[variable].in_own_unit(
            numbers[row * schema.variables.size() + variable]);
    }

    /// What the network sees.
    [[nodiscard]] std::vector<double> seen(std::size_t first, std::size_t rows,
                                           std::size_t variable) const {
        std::vector<double> found;
        for (std::size_t row = first; row < first + rows; ++row) {
            found.push_back(in_own_unit(values, row, variable));
        }
        return found;
    }

    /// Not a number where a value is missing.
    [[nodiscard]] std::vector<double> truth(std::size_t first, std::size_t rows,
                                            std::size_t variable) const {
        std::vector<double> found = seen(first, rows, variable);
        for (std::size_t i = 0; i < rows && !known.empty(); ++i) {
            if (known[(first + i) * schema.variables.size() + variable] == 0) {
                found[i] = data::missing_value;
            }
        }
        return found;
    }

    [[nodiscard]] std::vector<double> forecast(std::size_t window, std::size_t variable) const {
        const auto horizon = static_cast<std::size_t>(settings.horizon);
        std::vector<double> found;
        for (std::size_t step = 0; step < horizon; ++step) {
            found.push_back(in_own_unit(outputs, window * horizon + step, variable));
        }
        return found;
    }

    [[nodiscard]] ForecastSample sample(std::size_t window, std::size_t variable) const {
        const auto look_back = static_cast<std::size_t>(settings.look_back);
        const auto horizon = static_cast<std::size_t>(settings.horizon);
        const std::size_t shown_past = std::min(look_back, 2 * horizon);
        const std::size_t now = first_row + window + look_back;
        return {.variable = schema.variables[variable].name,
                .window = static_cast<std::int64_t>(window + 1),
                .past = seen(now - shown_past, shown_past, variable),
                .truth = truth(now, horizon, variable),
                .forecast = forecast(window, variable)};
    }
};

}  // namespace

Result<Samples> choose_samples(const Settings& settings, const PreparedData& data,
                               std::span<const float> outputs) {
    TRILBY_TRY(schema, parse_schema(data.schema));
    const data::Range windows = windows_of(data.parts.test, settings.look_back, settings.horizon);
    const Forecasts forecasts{.settings = settings,
                              .schema = schema,
                              .values = data.arrays.elements<float>("values"),
                              .known = known_of(data.arrays),
                              .first_row = static_cast<std::size_t>(windows.first),
                              .outputs = outputs};
    Samples samples;
    const std::size_t variables = std::min(schema.variables.size(), most_drawn_variables);
    for (std::size_t variable = 0; variable < variables; ++variable) {
        for (const std::size_t window :
             spread(static_cast<std::size_t>(windows.size()), most_drawn_windows)) {
            samples.forecasts.push_back(forecasts.sample(window, variable));
        }
    }
    return samples;
}

}  // namespace trilby::train::series
