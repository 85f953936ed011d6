// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/choose.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/series.hpp"
#include "train/series/seasonality.hpp"

namespace trilby::train::series {
namespace {

constexpr std::int64_t shortest_series = 20;

/// Part sizes do not depend on the look-back and the horizon.
std::int64_t training_rows(const Settings& known, std::int64_t steps) {
    const double fraction = std::max(0.0, 1.0 - known.validation - known.test);
    const std::int64_t rows = known.training_rows > 0
                                  ? known.training_rows
                                  : std::lround(fraction * static_cast<double>(steps));
    return std::clamp<std::int64_t>(rows, 1, steps);
}

std::int64_t validation_rows(const Settings& known, std::int64_t steps) {
    return known.validation_rows > 0
               ? known.validation_rows
               : static_cast<std::int64_t>(known.validation * static_cast<double>(steps));
}

/// A period, or a few steps; the validation part has at least two times that.
std::int64_t choose_horizon(const Profile& profile, const Settings& known) {
    constexpr std::int64_t without_period = 10;
    const std::int64_t most = validation_rows(known, profile.steps) / 2;
    return std::clamp<std::int64_t>(profile.period > 1 ? profile.period : without_period, 1,
                                    std::max<std::int64_t>(1, most));
}

/// Several periods, of which a short series allows fewer; never more than a quarter of the training
/// part, so that enough windows are left.
std::int64_t choose_look_back(const Profile& profile, const Settings& known) {
    constexpr std::int64_t usual = 336;
    constexpr std::int64_t without_period = 96;
    constexpr std::int64_t most_periods = 14;
    const std::int64_t most = std::max<std::int64_t>(1, training_rows(known, profile.steps) / 4);
    if (profile.period == 1 || profile.period > most) {
        return std::min(without_period, most);
    }
    const std::int64_t periods = std::clamp<std::int64_t>(usual / profile.period, 2, most_periods);
    return std::min(periods, most / profile.period) * profile.period;
}

/// About 256 series of one variable, in a power of two of windows.
std::int64_t choose_batch(std::int64_t variables) {
    constexpr std::int64_t series_per_batch = 256;
    const std::int64_t windows = std::clamp<std::int64_t>(series_per_batch / variables, 4, 64);
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(windows)));
}

/// A gap of a tenth of the series is still worth a run.
std::int64_t choose_fill_limit(std::int64_t rows) {
    constexpr std::int64_t most = 1'000;
    return std::clamp(rows / 10, Settings().fill_limit, most);
}

Settings choose_settings(const Profile& profile, const Settings& known) {
    Settings settings = known;
    settings.path = profile.path;
    settings.look_back = choose_look_back(profile, known);
    settings.horizon = choose_horizon(profile, known);
    return settings;
}

/// ", which are 14 periods", or nothing if the look-back is not a number of periods.
std::string periods_in(std::int64_t look_back, std::int64_t period) {
    if (period == 1 || look_back % period != 0) {
        return "";
    }
    const std::int64_t periods = look_back / period;
    return periods == 1 ? ", which are one period" : fmt::format(", which are {} periods", periods);
}

std::vector<std::string> decisions_on(const Settings& settings, const Profile& profile) {
    return {
        fmt::format("forecast: {} variable{}, {} step{} of {} from the {} before{}",
                    profile.variables, profile.variables == 1 ? "" : "s", settings.horizon,
                    settings.horizon == 1 ? "" : "s", profile.step, settings.look_back,
                    periods_in(settings.look_back, profile.period)),
        "network: linear on normalized windows, the same for all variables; network.kind has "
        "others",
    };
}

std::string name_of(const std::filesystem::path& path) {
    const std::string name = path.stem().string();
    return name.empty() ? "series" : name;
}

/// What the user says of the data; look-back and horizon may still be open.
Result<Settings> known_settings(const std::filesystem::path& path, const data::TableProfile& table,
                                const Wishes& wishes) {
    Settings settings;
    settings.path = path.string();
    settings.look_back = 1;
    settings.horizon = 1;
    settings.fill_limit = choose_fill_limit(static_cast<std::int64_t>(table.rows));
    if (wishes.target) {
        settings.variables.push_back(*wishes.target);
    }
    Recipe recipe;
    recipe.name = name_of(path);
    recipe.task = settings;
    TRILBY_TRY(changed, with_changes(recipe, wishes.data_changes));
    return std::get<Settings>(changed.task);
}

/// The decisions are about the recipe with the changes.
Result<Choice> with_data_changes(Choice choice, const Profile& profile,
                                 const std::vector<std::string>& changes) {
    TRILBY_TRY(recipe, train::with_changes(choice.recipe, changes));
    choice.decisions = decisions_on(std::get<Settings>(recipe.task), profile);
    choice.recipe = std::move(recipe);
    return choice;
}

}  // namespace

Choice choose(const Profile& profile, const Settings& known) {
    const Settings settings = choose_settings(profile, known);
    Recipe recipe;
    recipe.name = name_of(profile.path);
    recipe.summary = fmt::format("forecasts {}", profile.path);
    recipe.task = settings;
    recipe.training.batch_size = choose_batch(profile.variables);
    // Not in passes: a short series needs many of them, and a long one less than one.
    recipe.training.epochs = 12;
    recipe.training.steps_per_epoch = 250;
    recipe.optimizer.kind = OptimizerSettings::Kind::adamw;
    recipe.optimizer.learning_rate = 0.001;
    recipe.optimizer.weight_decay = 1.0;
    recipe.schedule.kind = ScheduleSettings::Kind::cosine;
    recipe.schedule.warmup_epochs = 0.5;
    return {.recipe = recipe, .decisions = decisions_on(settings, profile)};
}

Result<Choice> choose(const std::filesystem::path& path, const data::TableProfile& table,
                      const Wishes& wishes) {
    TRILBY_TRY(known, known_settings(path, table, wishes));
    TRILBY_TRY(series, data::read_series(path, table,
                                         {.time = known.time,
                                          .variables = known.variables,
                                          .fill_limit = known.fill_limit}));
    const auto steps = static_cast<std::int64_t>(series.steps());
    if (steps < shortest_series) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has {} rows, expected at least {}", path.string(), steps,
                                   shortest_series),
                       "give a longer series, or learn a column from the others with --task table");
    }
    const auto rows = static_cast<std::size_t>(training_rows(known, steps));
    const std::size_t width = series.variables.size();
    const Profile profile{.path = path.string(),
                          .steps = steps,
                          .variables = static_cast<std::int64_t>(width),
                          .step = series.step.text,
                          .period = find_period(std::span(series.values).first(rows * width), width,
                                                series.step.seconds)};
    return with_data_changes(choose(profile, known), profile, wishes.data_changes);
}

}  // namespace trilby::train::series
