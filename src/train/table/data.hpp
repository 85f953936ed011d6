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

/// "numbers" and "codes" of all rows of a file, for predictions.
[[nodiscard]] Result<SharedArrays> input_arrays(const Schema& schema,
                                                const std::filesystem::path& path);

}  // namespace trilby::train::table
