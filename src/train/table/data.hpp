// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A table for a worker: the arrays "numbers" (rows x inputs, f32), "codes" (rows x categories,
/// i32) and "targets" (rows, i32 for classes, f32 for numbers), the parts one after the other.

#pragma once

#include <filesystem>
#include <optional>

#include "data/table.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/table/schema.hpp"
#include "train/table/settings.hpp"
#include <trilby/result.hpp>

namespace trilby::train::table {

/// Reads the table once for its columns and once for its values. Paths in the recipe that are not
/// absolute are below `folder`, if there is one.
[[nodiscard]] Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                                           const std::optional<std::filesystem::path>& folder);

/// The arrays "numbers" and "codes" for the inputs of `rows` rows, and others.
[[nodiscard]] Result<SharedArrays> reserve_inputs(const Schema& schema, std::size_t rows,
                                                  std::vector<ArrayLayout> others);

}  // namespace trilby::train::table
