// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/values.hpp"

#include <algorithm>
#include <array>

#include "base/enum_name.hpp"
#include "scaffold/new_project.hpp"
#include "selection/requirements.hpp"
#include "train/dataset_catalog.hpp"
#include "train/export_run.hpp"
#include "train/model_catalog.hpp"
#include "train/recipe.hpp"
#include "train/recipe_catalog.hpp"
#include "validate/catalog.hpp"
#include <trilby/doctor.hpp>

namespace trilby::cli {
namespace {

std::vector<Word> backends() {
    std::vector<Word> words;
    for (const selection::Backend& backend : selection::backends()) {
        words.push_back({std::string(backend.name), ""});
    }
    return words;
}

std::vector<Word> checks() {
    std::vector<Word> words;
    for (const validate::CheckInfo& check : validate::known_checks()) {
        words.push_back({std::string(check.name), std::string(check.summary)});
    }
    return words;
}

std::vector<Word> conditions() {
    std::vector<Word> words{{"all", "List the conditions"}};
    for (const Explanation& condition : known_conditions()) {
        words.push_back({condition.id, condition.title});
    }
    return words;
}

template <class Entry>
std::vector<Word> publications(std::span<const Entry> catalog) {
    std::vector<Word> words;
    for (const train::Publication& one : catalog) {
        words.push_back({std::string(one.name), std::string(one.summary)});
    }
    return words;
}

std::vector<Word> datasets() {
    return publications(train::datasets());
}

std::vector<Word> every_device() {
    return {{"all", "Every device of the backend"}};
}

std::vector<Word> export_formats() {
    std::vector<Word> words;
    for_each_enumerator<train::ExportFormat>([&](train::ExportFormat, std::string_view name) {
        words.push_back({std::string(name), ""});
    });
    return words;
}

std::vector<Word> families() {
    std::vector<Word> words;
    for (const ConditionFamily& family : known_families()) {
        words.push_back({std::string(family.name), ""});
    }
    return words;
}

std::vector<Word> faults() {
    std::vector<Word> words;
    for (const validate::FaultInfo& fault : validate::known_faults()) {
        words.push_back({std::string(fault.name), std::string(fault.meaning)});
    }
    return words;
}

std::vector<Word> kinds_of_data() {
    return {{"images", ""}, {"series", ""}, {"table", ""}, {"text", ""}};
}

std::vector<Word> kinds_of_projects() {
    std::vector<Word> words;
    for (const scaffold::Template& kind : scaffold::templates()) {
        words.push_back({std::string(kind.name), std::string(kind.data)});
    }
    return words;
}

std::vector<Word> models() {
    return publications(train::models());
}

std::vector<Word> recipes() {
    std::vector<Word> words;
    const auto installed_recipes = train::installed_recipes();
    if (!installed_recipes) {
        return words;
    }
    for (const train::InstalledRecipe& installed : *installed_recipes) {
        const auto recipe = train::read_recipe(installed.path);
        words.push_back({installed.name, recipe ? recipe->summary : ""});
    }
    return words;
}

constexpr std::array kinds{ValueKind{"BACKEND", Paths::none, backends},
                           ValueKind{"CHECK", Paths::none, checks},
                           ValueKind{"DATASET", Paths::none, datasets},
                           ValueKind{"COLUMN"},
                           ValueKind{"DEVICE", Paths::none, every_device},
                           ValueKind{"DIR", Paths::folders},
                           ValueKind{"FAMILY", Paths::none, families},
                           ValueKind{"FAULT", Paths::none, faults},
                           ValueKind{"FILE", Paths::files},
                           ValueKind{"FILES", Paths::files},
                           ValueKind{"FORMAT", Paths::none, export_formats},
                           ValueKind{"ID", Paths::none, conditions},
                           ValueKind{"IMAGE"},
                           ValueKind{"KEY=VALUE"},
                           ValueKind{"KEY=VALUES"},
                           ValueKind{"KIND", Paths::none, kinds_of_data},
                           ValueKind{"MODEL", Paths::none, models},
                           ValueKind{"N"},
                           ValueKind{"NAME"},
                           ValueKind{"NUMBER"},
                           ValueKind{"PATH", Paths::files},
                           ValueKind{"RECIPE", Paths::files, recipes},
                           ValueKind{"RUN", Paths::files},
                           ValueKind{"SECONDS"},
                           ValueKind{"TEMPLATE", Paths::none, kinds_of_projects},
                           ValueKind{"TEXT"},
                           ValueKind{"TIME"},
                           ValueKind{"URL"},
                           ValueKind{"WHAT", Paths::files, recipes}};

}  // namespace

std::vector<Word> ValueKind::words() const {
    return find_words == nullptr ? std::vector<Word>() : find_words();
}

const ValueKind* find_value_kind(std::string_view name) {
    const auto* const kind = std::ranges::find(kinds, name, &ValueKind::name);
    return kind == kinds.end() ? nullptr : kind;
}

}  // namespace trilby::cli
