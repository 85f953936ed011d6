// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model that torch.export wrote, in place of the network that Trilby would choose.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "pt2/file.hpp"
#include "train/choice.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The choice for the model's inputs: images of its size, a text in windows of its length, a series
/// with its look-back and horizon. `changes` are those of --set, which take precedence. The errors
/// are those of pt2::File::open().
[[nodiscard]] Result<Choice> choose_for_model(Choice choice, const std::filesystem::path& model,
                                              const std::vector<std::string>& changes);

/// Opens the model of a recipe, which is in `file`. ErrorCode::bad_data if it has another digest
/// than the recipe says, and the errors of pt2::File::open().
[[nodiscard]] Result<pt2::File> open_model(const Recipe& recipe, const std::filesystem::path& file);

/// The recipe with the digest of its model, if it has one. The errors are those of open_model().
[[nodiscard]] Result<Recipe> with_model_digest(Recipe recipe);

/// Where the model of a recipe is; `folder` is that of the recipe's run.
[[nodiscard]] std::filesystem::path model_of(const Recipe& recipe,
                                             const std::filesystem::path& folder);

/// Copies the model into the folder of a run, and returns the recipe that finds it there.
[[nodiscard]] Result<Recipe> copy_model(Recipe recipe, const std::filesystem::path& run);

/// Adds the parameter of docs/jobs.md for a recipe with a model.
void add_model(json::object& params, const Recipe& recipe, const std::filesystem::path& folder);

}  // namespace trilby::train
