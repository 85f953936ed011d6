// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a trained network says about another text: how well it guesses each window.

#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "train/predictions.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::text {

/// One text, which has only characters that the schema has and is longer than the context;
/// otherwise ErrorCode::bad_data.
[[nodiscard]] Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& recipe,
                                                  const json::object& schema,
                                                  const std::vector<std::filesystem::path>& files);

/// Windows side by side, and a number for each: the mean nats per token.
[[nodiscard]] Result<Shape> output_shape(const Settings& settings, const PreparedData& data);

[[nodiscard]] Result<Predictions> to_predictions(const Settings& settings, const PreparedData& data,
                                                 std::span<const float> outputs);

/// Adds nothing: the metrics say all.
[[nodiscard]] Result<void> add_reports(const Settings& settings, const PreparedData& data,
                                       std::span<const float> outputs, Evaluation& evaluation);

}  // namespace trilby::train::text
