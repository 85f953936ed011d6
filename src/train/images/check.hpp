// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Checks a recipe against the images that it is for.

#pragma once

#include <vector>

#include "train/dataset_catalog.hpp"
#include "train/images/data.hpp"
#include "train/network.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// The data set of the recipe; an unknown one is ErrorCode::bad_data.
[[nodiscard]] Result<const Dataset*> dataset_of(const Settings& settings, const Recipe& recipe);

[[nodiscard]] Result<void> check_counts(const Settings& settings, const Dataset& dataset,
                                        const Recipe& recipe);

/// The network must take the images and end in one number per class. The shapes are those of
/// infer_shapes(), or that of the images alone for the network of a program.
[[nodiscard]] Result<std::vector<Shape>> check_network(const Settings& settings,
                                                       const Schema& schema, const Recipe& recipe);

}  // namespace trilby::train::images
