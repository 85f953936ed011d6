// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Forecasts of series that are not those of training.

#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/json.hpp"
#include "train/predictions.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/series/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::series {

/// A series with the variables of the schema, which will be continued: one window, whose past is
/// the end of the file. ErrorCode::bad_data if the file is shorter than the look-back or has
/// another step; ErrorCode::usage for more than one file.
[[nodiscard]] Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& recipe,
                                                  const json::object& schema,
                                                  const std::vector<std::filesystem::path>& files);

/// All windows of a series.
[[nodiscard]] Result<PreparedData> prepare_evaluation(const Settings& settings,
                                                      const json::object& schema,
                                                      const std::filesystem::path& path);

/// The variables of every step of the horizon, standardized, for each window.
[[nodiscard]] Result<Shape> output_shape(const Settings& settings, const PreparedData& data);

/// One row per step, with its time if that is known, in the variables' own units.
[[nodiscard]] Result<Predictions> to_predictions(const Settings& settings, const PreparedData& data,
                                                 std::span<const float> outputs);

/// The errors of each variable in its own unit, over all steps of all windows whose value is known;
/// not those of a variable without any.
[[nodiscard]] Result<void> add_reports(const Settings& settings, const PreparedData& data,
                                       std::span<const float> outputs, Evaluation& evaluation);

}  // namespace trilby::train::series
