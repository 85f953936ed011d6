// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/data_location.hpp"

#include <fmt/format.h>
#include <string>
#include <utility>
#include <variant>

#include "base/try.hpp"
#include "train/dataset_catalog.hpp"

namespace trilby::train {
namespace {

using Path = std::filesystem::path;

void make_absolute(std::string& path) {
    if (!path.empty()) {
        path = std::filesystem::absolute(path).lexically_normal().string();
    }
}

std::unexpected<Error> error_at(const Recipe& recipe, const std::string& key,
                                std::string_view what) {
    return failure(ErrorCode::bad_data, fmt::format("{}: [data]: {}", recipe.place_of(key), what),
                   "a recipe has either 'path' or 'dataset'");
}

Result<std::string> file_of_dataset(const std::string& name, const Recipe& recipe,
                                    const std::optional<Path>& folder) {
    const auto dataset = find_dataset(name);
    if (!dataset || (*dataset)->files.size() != 1) {
        return error_at(recipe, "data.dataset",
                        dataset ? fmt::format("data set '{}' is not a single file", name)
                                : dataset.error().message);
    }
    TRILBY_TRY(located, locate_dataset(**dataset, folder));
    return (located / (*dataset)->files.front().name).string();
}

template <class Settings>
Result<void> locate(Settings& settings, const Recipe& recipe, const std::optional<Path>& folder) {
    if constexpr (requires { settings.validation_examples; }) {
        return {};  // images
    } else if (settings.path.empty() == settings.dataset.empty()) {
        return settings.path.empty() ? error_at(recipe, "data", "key 'path' is missing")
                                     : error_at(recipe, "data.dataset", "there is a 'path' too");
    } else if (!settings.dataset.empty()) {
        TRILBY_TRY(file, file_of_dataset(settings.dataset, recipe, folder));
        settings.path = std::move(file);
    }
    return {};
}

}  // namespace

Recipe with_absolute_paths(Recipe recipe) {
    std::visit(
        [](auto& settings) {
            make_absolute(settings.path);
            if constexpr (requires { settings.test_path; }) {
                make_absolute(settings.validation_path);
                make_absolute(settings.test_path);
            }
        },
        recipe.task);
    make_absolute(recipe.other.model);
    make_absolute(recipe.training.weights);
    return recipe;
}

Result<Recipe> with_located_data(const Recipe& recipe, const std::optional<Path>& folder) {
    Recipe located = recipe;
    TRILBY_CHECK(
        std::visit([&](auto& settings) { return locate(settings, recipe, folder); }, located.task));
    return located;
}

}  // namespace trilby::train
