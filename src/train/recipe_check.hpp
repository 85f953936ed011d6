// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Checks a recipe against its data set.

#pragma once

#include <vector>

#include "train/dataset_catalog.hpp"
#include "train/image_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The data set of the recipe; an unknown one is ErrorCode::bad_data.
[[nodiscard]] Result<const Dataset*> dataset_of(const Recipe& recipe);

/// Checks the recipe's counts and network against the data; the shapes are those of infer_shapes().
[[nodiscard]] Result<std::vector<Shape>> check_against(const Recipe& recipe,
                                                       const ImageLayout& layout);

}  // namespace trilby::train
