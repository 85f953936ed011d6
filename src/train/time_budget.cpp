// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/time_budget.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <variant>

#include "base/units.hpp"
#include "train/schedule.hpp"

namespace trilby::train {
namespace {

/// For the start of the worker, the test and the last checkpoint.
constexpr double reserved_fraction = 0.03;

double seconds_per_epoch(const Examination& examination) {
    return static_cast<double>(examination.steps_per_epoch) * examination.seconds_per_step +
           examination.seconds_per_evaluation;
}

/// The test takes as long per example as the validation.
double seconds_of_test(const Examination& examination) {
    return examination.seconds_per_evaluation * static_cast<double>(examination.test_examples) /
           static_cast<double>(std::max<std::int64_t>(1, examination.validation_examples));
}

/// More passes over a table than these would only learn its rows by heart.
std::int64_t useful_epochs(const Recipe& recipe) {
    constexpr std::int64_t most_of_all = 1'000'000;
    constexpr std::int64_t most_of_tables = 200;
    return std::holds_alternative<table::Settings>(recipe.task)
               ? std::max(most_of_tables, recipe.training.epochs)
               : most_of_all;
}

}  // namespace

double estimated_seconds(const LoopSettings& training, const Examination& examination) {
    return static_cast<double>(training.epochs) * seconds_per_epoch(examination) +
           seconds_of_test(examination);
}

std::string format_step_time(double seconds) {
    return seconds < 1.0 ? fmt::format("{:.1f} ms", 1e3 * seconds) : format_duration(seconds);
}

Result<Recipe> fit_into(const Recipe& recipe, const Examination& examination, double seconds,
                        std::optional<std::int64_t> most_epochs) {
    const double usable = (1.0 - reserved_fraction) * seconds - seconds_of_test(examination);
    const double epochs = std::floor(usable / seconds_per_epoch(examination));
    const double steps =
        std::floor((usable - examination.seconds_per_evaluation) / examination.seconds_per_step);
    Recipe fitted = recipe;
    LoopSettings& training = fitted.training;
    if (epochs >= 1.0) {
        const std::int64_t most = most_epochs.value_or(useful_epochs(recipe));
        training.epochs = static_cast<std::int64_t>(std::min(epochs, static_cast<double>(most)));
    } else if (steps >= 1.0) {
        training.epochs = 1;
        training.steps_per_epoch = static_cast<std::int64_t>(steps);
    } else {
        const double step = examination.seconds_per_step + examination.seconds_per_evaluation;
        return failure(ErrorCode::usage,
                       fmt::format("--time is too short: a step and a validation take {}",
                                   format_step_time(step)),
                       "give more time, or use a smaller network or batch");
    }
    limit_warmup(fitted, epochs >= 1.0 ? examination.steps_per_epoch : training.steps_per_epoch);
    return fitted;
}

double time_limit(const Examination& examination, double seconds) {
    constexpr double tolerance = 1.1;
    const double evaluations = examination.seconds_per_evaluation + seconds_of_test(examination);
    return std::max(0.0, tolerance * seconds - evaluations);
}

}  // namespace trilby::train
