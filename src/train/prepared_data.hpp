// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The data of a run, ready for a worker.

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "data/part.hpp"
#include "train/metrics.hpp"
#include "train/recipe.hpp"
#include "train/shared_arrays.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct PreparedData {
    std::filesystem::path source;  ///< the file or folder that was read
    /// What the arrays mean: the schema of the task, such as the names of classes. It is part of
    /// checkpoints, since without it nothing can be predicted.
    json::object schema;
    SharedArrays arrays;
    /// Rows of the arrays: images, rows of a table, tokens of a text, times of a series.
    data::Parts parts;
    /// Fills the arrays where that takes long; finish() calls it. Empty if they are already filled.
    std::function<Result<void>(SharedArrays&)> fill = {};
    std::vector<Baseline> baselines = {};
    bool has_targets = true;              ///< false for data to predict
    std::vector<std::string> names = {};  ///< of the examples to predict, such as files
    std::vector<std::string> notes = {};  ///< decisions and oddities, one sentence each
};

/// For the error about data that have another schema than when a run was trained: text for its end,
/// if an earlier version of Trilby may have read the same data in another way.
[[nodiscard]] std::string_view or_read_otherwise(const SharedArrays& arrays);

/// Fills the arrays, unless they are filled, and seals them.
[[nodiscard]] Result<void> finish(PreparedData& data);

[[nodiscard]] json::object to_json(const data::Parts& parts);
/// ErrorCode::bad_data for a part that ends before it begins.
[[nodiscard]] Result<data::Parts> parse_parts(const json::object& document, std::string_view key);

/// Reads and checks the data of a recipe. Errors in the data are ErrorCode::bad_data with the
/// place; errors in the recipe have the recipe's place. `folder` is the user's choice of the folder
/// of a known data set.
[[nodiscard]] Result<PreparedData> prepare(const Recipe& recipe,
                                           const std::optional<std::filesystem::path>& folder);

}  // namespace trilby::train
