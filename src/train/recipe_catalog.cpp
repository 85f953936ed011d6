// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/recipe_catalog.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/file_tree.hpp"

namespace trilby::train {

Result<std::vector<InstalledRecipe>> installed_recipes() {
    constexpr std::string_view suffix = ".toml";
    const std::filesystem::path folder = install::layout().data_folder / "recipes";
    const auto files = platform::FileTree().list(folder.string());
    if (!files) {
        return failure(ErrorCode::no_input,
                       fmt::format("the recipes in '{}' cannot be read: it {}", folder.string(),
                                   why_missing(files.presence())),
                       "reinstall the package trilby");
    }
    std::vector<InstalledRecipe> recipes;
    for (const std::string& file : *files) {
        if (file.ends_with(suffix)) {
            recipes.push_back({file.substr(0, file.size() - suffix.size()), folder / file});
        }
    }
    return recipes;
}

Result<std::filesystem::path> find_recipe(std::string_view name_or_path) {
    if (name_or_path.find('/') != std::string_view::npos || name_or_path.ends_with(".toml")) {
        return std::filesystem::path(name_or_path);
    }
    TRILBY_TRY(recipes, installed_recipes());
    const auto found = std::ranges::find(recipes, name_or_path, &InstalledRecipe::name);
    if (found != recipes.end()) {
        return found->path;
    }
    std::vector<std::string_view> names;
    for (const InstalledRecipe& recipe : recipes) {
        names.push_back(recipe.name);
    }
    return failure(ErrorCode::usage,
                   fmt::format("unknown recipe '{}'{}", printable(name_or_path, 64),
                               did_you_mean(name_or_path, names)),
                   fmt::format("the recipes are: {}; give the path of a recipe of your own",
                               fmt::join(names, ", ")));
}

}  // namespace trilby::train
