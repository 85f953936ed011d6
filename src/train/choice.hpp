// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0
/// Settings that follow from the user's data, for training without a recipe.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "train/recipe.hpp"

namespace trilby::train {

/// What the user wants to be different.
struct Wishes {
    std::optional<std::string> task;    ///< "images", "table", "text" or "series"
    std::optional<std::string> target;  ///< the column to predict
    /// Changes of the section [data], as with_changes() takes them. The other settings depend on
    /// them.
    std::vector<std::string> data_changes;

    /// Whether data_changes has the key, such as "data.side".
    [[nodiscard]] bool sets(std::string_view key) const;
};

struct Choice {
    Recipe recipe;
    std::vector<std::string> decisions;  ///< what was chosen and why, one sentence each
};

}  // namespace trilby::train
