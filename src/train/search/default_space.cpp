// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a search varies unless the user says otherwise.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "toml/reader.hpp"
#include "train/search/space.hpp"

namespace trilby::train::search {
namespace {

/// A row applies to recipes of its task that have the key.
struct Row {
    std::string_view task;  ///< empty: all
    std::string_view key;
    std::string_view values;  ///< empty: a range around the value of the recipe
};

constexpr std::array rows{
    Row{"", "optimizer.learning_rate", ""},
    Row{"", "optimizer.weight_decay", "0.0,0.0001,0.001,0.01,0.1"},
    Row{"images", "training.label_smoothing", "0.0,0.05,0.1"},
    Row{"series", "network.kind", "linear,nlinear,dlinear"},
    Row{"series", "network.dropout", "0.1,0.2,0.4"},
    Row{"table", "network.width", "128,256,512"},
    Row{"table", "network.dropout", "0.0,0.1,0.2"},
    Row{"text", "network.dropout", "0.0,0.1,0.2"},
};

/// The range of rates, as factors of the recipe's own. The best rate is seldom further away.
constexpr double lowest_share = 0.2;
constexpr double highest_share = 5.0;

std::string range_around(double value) {
    return fmt::format("{:.3g}..{:.3g}", lowest_share * value, highest_share * value);
}

/// A recipe with a network of patches keeps it: its other keys would lose their meaning.
bool keeps_its_kind(const Row& row, const toml::table& settings) {
    return row.key == "network.kind" &&
           settings.at_path("network.kind").value_or(std::string()) == "patch_transformer";
}

}  // namespace

std::vector<std::string> default_variations(const Recipe& recipe) {
    std::vector<std::string> texts;
    const auto settings = toml::parse(to_toml(recipe), recipe.name);
    for (const Row& row : rows) {
        const bool is_of_task = row.task.empty() || row.task == recipe.task_name();
        if (!settings || !is_of_task || !settings->at_path(row.key) ||
            keeps_its_kind(row, *settings)) {
            continue;
        }
        const double value = settings->at_path(row.key).value_or(0.0);
        texts.push_back(fmt::format(
            "{}={}", row.key, row.values.empty() ? range_around(value) : std::string(row.values)));
    }
    return texts;
}

}  // namespace trilby::train::search
