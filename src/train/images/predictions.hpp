// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Classes of images that are not those of training.

#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/json.hpp"
#include "train/images/settings.hpp"
#include "train/predictions.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// Image files, whose classes are not known; or one folder with a folder per class, of which the
/// test part is taken if it has one. Damaged files are left out with a note.
[[nodiscard]] Result<PreparedData> prepare_inputs(const Settings& settings, const Recipe& recipe,
                                                  const json::object& schema,
                                                  const std::vector<std::filesystem::path>& files);

/// A probability per class.
[[nodiscard]] Result<Shape> output_shape(const Settings& settings, const PreparedData& data);

/// The most likely class of each file.
[[nodiscard]] Result<Predictions> to_predictions(const Settings& settings, const PreparedData& data,
                                                 std::span<const float> outputs);

[[nodiscard]] Result<void> add_reports(const Settings& settings, const PreparedData& data,
                                       std::span<const float> outputs, Evaluation& evaluation);

}  // namespace trilby::train::images
