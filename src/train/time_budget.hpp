// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "train/events.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// How long a run will take, from the times of its steps and evaluations.
[[nodiscard]] double estimated_seconds(const LoopSettings& training,
                                       const Examination& examination);

/// "9.7 ms", since steps are short.
[[nodiscard]] std::string format_step_time(double seconds);

/// The recipe with as many epochs as fit into `seconds`; with shorter epochs if not even one fits.
/// There are at most `most_epochs`; if this is nothing, those of a table have a limit nevertheless.
/// ErrorCode::usage if the time is too short for a single step.
[[nodiscard]] Result<Recipe> fit_into(const Recipe& recipe, const Examination& examination,
                                      double seconds, std::optional<std::int64_t> most_epochs = {});

/// The time limit, in seconds, of a run that was fitted into `seconds`, in case the machine becomes
/// slower. It is late enough that no run is cut short by chance, since the schedule ends with the
/// last epoch.
[[nodiscard]] double time_limit(const Examination& examination, double seconds);

}  // namespace trilby::train
