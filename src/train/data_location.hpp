// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Where the data of a recipe are: at its path, or in a known data set.

#pragma once

#include <filesystem>
#include <optional>

#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The recipe with paths that do not depend on the current folder, so that the run can be resumed
/// from another one.
[[nodiscard]] Recipe with_absolute_paths(Recipe recipe);

/// The recipe with the path of its data set's file, if it has a data set in place of a path. A data
/// set of images has several files, which images::prepare() finds. `folder` is the user's choice of
/// the data set's folder. ErrorCode::bad_data, with the place, for an unknown data set and for a
/// recipe with both a path and a data set, or with neither; the other errors are those of
/// locate_dataset().
[[nodiscard]] Result<Recipe> with_located_data(const Recipe& recipe,
                                               const std::optional<std::filesystem::path>& folder);

}  // namespace trilby::train
