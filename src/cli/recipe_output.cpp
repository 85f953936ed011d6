// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/recipe_output.hpp"

#include <filesystem>
#include <fmt/format.h>

#include "base/json.hpp"
#include "base/presence.hpp"
#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/output_style.hpp"
#include "platform/file_tree.hpp"
#include "report/layout.hpp"
#include "train/recipe.hpp"
#include "train/recipe_catalog.hpp"

namespace trilby::cli {

Result<void> print_recipes(bool as_json) {
    TRILBY_TRY(all, train::installed_recipes());
    json::array recipes;
    for (const train::InstalledRecipe& installed : all) {
        TRILBY_TRY(recipe, train::read_recipe(installed.path));
        if (as_json) {
            recipes.push_back({{"name", installed.name},
                               {"summary", recipe.summary},
                               {"path", installed.path.string()}});
        } else {
            constexpr std::size_t name_columns = 25;
            print(report::row(installed.name, recipe.summary, output_style(), name_columns));
        }
    }
    if (as_json) {
        print(json_text({{"schema", 1}, {"recipes", std::move(recipes)}}));
    }
    return {};
}

Result<void> print_recipe(const std::string& name) {
    TRILBY_TRY(path, train::find_recipe(name));
    TRILBY_CHECK(train::read_recipe(path));  // reports an invalid recipe
    const std::string file = std::filesystem::absolute(path).string();
    const auto text = platform::FileTree().read(file);
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read: it {}", file,
                                                        why_missing(text.presence())));
    }
    print(SafeText::lines(*text));
    return {};
}

}  // namespace trilby::cli
