// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The installed recipes, which can be trained by name, or copied and edited.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

struct InstalledRecipe {
    std::string name;  ///< the file's name without .toml
    std::filesystem::path path;
};

/// Sorted by name.
[[nodiscard]] Result<std::vector<InstalledRecipe>> installed_recipes();

/// The file of a recipe. `name_or_path` is a path if it has a slash or ends in .toml, otherwise the
/// name of an installed recipe; an unknown name is ErrorCode::usage.
[[nodiscard]] Result<std::filesystem::path> find_recipe(std::string_view name_or_path);

}  // namespace trilby::train
