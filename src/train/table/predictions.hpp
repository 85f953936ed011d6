// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a trained network says about the rows of other tables.

#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "train/predictions.hpp"
#include "train/recipe.hpp"
#include "train/table/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

/// The rows of all files, which have the columns of the schema in any order. There are targets if
/// each row has one that the network knows.
[[nodiscard]] Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& recipe,
                                                  const json::object& schema,
                                                  const std::vector<std::filesystem::path>& files);

/// Rows, and the probabilities of their classes or a number in the target's own unit.
[[nodiscard]] Result<Shape> output_shape(const Settings& settings, const PreparedData& data);

[[nodiscard]] Result<Predictions> to_predictions(const Settings& settings, const PreparedData& data,
                                                 std::span<const float> outputs);

/// Adds how the classes are told apart, or the errors of the number in its own unit.
[[nodiscard]] Result<void> add_reports(const Settings& settings, const PreparedData& data,
                                       std::span<const float> outputs, Evaluation& evaluation);

}  // namespace trilby::train::table
