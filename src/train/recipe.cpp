// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/recipe.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <type_traits>
#include <variant>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/file_tree.hpp"
#include "toml/text.hpp"
#include "train/recipe_keys.hpp"

namespace trilby::train {
namespace {

/// One of each, with its defaults.
template <class... Kinds>
std::array<std::variant<Kinds...>, sizeof...(Kinds)> all_of(
    std::type_identity<std::variant<Kinds...>>) {
    return {Kinds{}...};
}

/// The word of `layer` decides which other keys are valid, so it is read first.
Result<Layer> read_layer(const toml::table& table, std::size_t number, std::string_view where) {
    const auto known = all_of(std::type_identity<Layer>());
    std::array<std::string_view, std::variant_size_v<Layer>> words;
    std::ranges::transform(known, words.begin(), layer_name);
    const auto typed = table["layer"].value<std::string>().value_or("");
    toml::Reader reader(table, where,
                        fmt::format("layer {} ({})", number, typed.empty() ? "?" : typed));
    const std::size_t index = reader.word("layer", words);
    if (typed != words[index]) {
        return std::unexpected(reader.finish().error());
    }
    Layer layer = known[index];
    KeyReader keys(reader);
    std::visit([&](auto& one) { one.visit_keys(one, keys); }, layer);
    TRILBY_CHECK(reader.finish());
    return layer;
}

/// Adds the positions of all keys of a table, and of all tables in it.
void add_places(std::map<std::string, std::string>& places, const toml::node& node,
                const std::string& path, std::string_view where) {
    places[path] = toml::place_of(node, where);
    if (const toml::table* table = node.as_table()) {
        for (const auto& [key, value] : *table) {
            const std::string name(key.str());
            add_places(places, value, path.empty() ? name : path + '.' + name, where);
        }
    }
    if (const toml::array* array = node.as_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            add_places(places, *array->get(i), fmt::format("{}[{}]", path, i), where);
        }
    }
}

/// How a recipe is read.
struct Reading {
    std::string_view where;
    toml::UnknownKeys unknown_keys = toml::UnknownKeys::are_errors;
};

/// Reads the keys of one section with `visit`.
template <class Visit>
Result<void> read_section(toml::Reader& root, std::string_view name, const Reading& how,
                          Visit visit) {
    const toml::table* section = root.table(name);
    if (section == nullptr) {
        return {};
    }
    toml::Reader reader(*section, how.where, fmt::format("[{}]", name));
    KeyReader keys(reader);
    visit(keys);
    return reader.finish(how.unknown_keys);
}

/// Reads one of the sections that all tasks have.
template <class Settings>
Result<void> read_settings(toml::Reader& root, std::string_view name, const Reading& how,
                           Settings& into) {
    return read_section(root, name, how,
                        [&](KeyReader& keys) { Settings::visit_keys(into, keys); });
}

/// The key may be missing for images, because the first recipes were for nothing else.
TaskSettings read_task(toml::Reader& root) {
    const auto known = all_of(std::type_identity<TaskSettings>());
    std::array<std::string_view, std::variant_size_v<TaskSettings>> words;
    std::ranges::transform(known, words.begin(), [](const TaskSettings& task) {
        return std::visit([](const auto& one) { return one.name; }, task);
    });
    return known[root.word("task", words, 0)];
}

template <class Settings>
Result<void> read_task_sections(toml::Reader& root, const Reading& how, OtherNetwork& other,
                                Settings& into) {
    TRILBY_CHECK(read_section(root, "data", how,
                              [&](KeyReader& keys) { Settings::visit_data_keys(into, keys); }));
    return read_section(root, "network", how,
                        [&](KeyReader& keys) { visit_network_keys(other, into, keys); });
}

Result<void> check_precision(const Recipe& recipe) {
    if (recipe.training.precision == Precision::bfloat16 && !recipe.may_use_bfloat16()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: precision is bfloat16, but a recipe for {} trains in "
                                   "float32",
                                   recipe.place_of("training.precision"), recipe.task_name()),
                       "remove the key");
    }
    return {};
}

Result<void> check_network(const Recipe& recipe) {
    if (!recipe.other.module.empty() && !recipe.other.model.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: the recipe has a model and a program's own network",
                                   recipe.place_of("network.model")),
                       "remove the key 'model' or the key 'module'");
    }
    return {};
}

Result<Recipe> read_tables(const toml::table& table, const Reading& how) {
    Recipe recipe;
    toml::Reader root(table, how.where, "recipe");
    recipe.name = root.text("name");
    recipe.summary = root.text("summary", "");
    recipe.task = read_task(root);
    TRILBY_CHECK(read_settings(root, "training", how, recipe.training));
    TRILBY_CHECK(read_settings(root, "optimizer", how, recipe.optimizer));
    TRILBY_CHECK(read_settings(root, "schedule", how, recipe.schedule));
    TRILBY_CHECK(std::visit(
        [&](auto& settings) { return read_task_sections(root, how, recipe.other, settings); },
        recipe.task));
    TRILBY_CHECK(root.finish());
    add_places(recipe.places, table, "", how.where);
    TRILBY_CHECK(check_precision(recipe));
    TRILBY_CHECK(check_network(recipe));
    return recipe;
}

std::string hint_for(Presence presence) {
    return presence == Presence::absent   ? "'trilby train --list' shows the installed recipes"
           : presence == Presence::denied ? "fix the permissions of the file"
                                          : "";
}

/// The right side of a change: TOML, or a word that needs no quotation marks.
Result<toml::table> value_of_change(std::string_view text, std::string_view option) {
    const auto read = toml::parse(fmt::format("value = {}", text), option);
    return read ? read : toml::parse(fmt::format("value = {}", toml::quoted(text)), option);
}

/// A table of a section, such as data.columns, may be missing; a section may not.
toml::table* section_named(const std::string& name, toml::table& tables) {
    const std::size_t dot = name.find('.');
    toml::table* const section = tables.at_path(name.substr(0, dot)).as_table();
    if (section == nullptr || dot == name.npos) {
        return section;
    }
    return section->insert(name.substr(dot + 1), toml::table()).first->second.as_table();
}

/// Sets one key, even one that does not exist: reading the recipe reports that.
Result<void> apply(const std::string& change, std::string_view option, toml::table& tables) {
    const std::size_t equals = change.find('=');
    const std::size_t dot = change.substr(0, equals).rfind('.');
    if (equals == change.npos || dot == change.npos) {
        return failure(
            ErrorCode::usage,
            fmt::format("{} takes SECTION.KEY=VALUE, not '{}'", option, printable(change, 64)),
            "for example: --set training.epochs=5");
    }
    TRILBY_TRY(value, value_of_change(trim(std::string_view(change).substr(equals + 1)), option));
    const std::string section(trim(change.substr(0, dot)));
    toml::table* const table = section_named(section, tables);
    if (table == nullptr) {
        return failure(
            ErrorCode::usage,
            fmt::format("{}: the recipe has no section '{}'", option, printable(section, 64)),
            "the sections are data, training, optimizer, schedule and network");
    }
    table->insert_or_assign(trim(change.substr(dot + 1, equals - dot - 1)), *value.get("value"));
    return {};
}

}  // namespace

void KeyReader::required(std::string_view key, std::vector<Layer>& layers) {
    constexpr std::size_t layer_limit = 10'000;
    const toml::array* rows = reader_.array(key);
    if (rows == nullptr) {
        return;
    }
    if (rows->empty() || rows->size() > layer_limit) {
        reader_.reject(*rows, fmt::format("'{}' has {} layers, expected 1 to {}", key, rows->size(),
                                          layer_limit));
    }
    layers.clear();
    for (const toml::node& row : *rows) {
        const toml::table* table = row.as_table();
        if (table == nullptr) {
            reader_.reject(row, "a layer must be a table such as { layer = \"relu\" }");
            return;
        }
        auto layer = read_layer(*table, layers.size() + 1, reader_.where());
        if (!layer) {
            reader_.reject(std::move(layer.error()));
            return;
        }
        layers.push_back(*layer);
    }
}

void KeyReader::optional(std::string_view key, std::map<std::string, std::string>& values) {
    if (const toml::table* table = reader_.optional_table(key)) {
        toml::Reader reader(*table, reader_.where(), fmt::format("[{}]", key));
        for (const auto& entry : *table) {
            const std::string_view name = entry.first.str();
            values[std::string(name)] = reader.text(name);
        }
        if (auto finished = reader.finish(); !finished) {
            reader_.reject(std::move(finished.error()));
        }
    }
}

const std::string& Recipe::place_of(const std::string& key) const {
    const auto found = places.find(key);
    return found != places.end() ? found->second : name;
}

std::string_view Recipe::task_name() const {
    return std::visit([](const auto& settings) { return settings.name; }, task);
}

bool Recipe::may_use_bfloat16() const {
    return std::visit([](const auto& settings) { return settings.may_use_bfloat16; }, task);
}

bool Recipe::decides_precision() const {
    return may_use_bfloat16() && (!other.is_there() || training.precision);
}

Result<Recipe> parse_recipe(std::string_view text, std::string_view where) {
    TRILBY_TRY(tables, toml::parse(text, where));
    return read_tables(tables, {where});
}

Result<Recipe> with_changes(const Recipe& recipe, const std::vector<std::string>& changes,
                            std::string_view option) {
    if (changes.empty()) {
        return recipe;
    }
    // A change of the optimizer, for example, makes other keys meaningless. Reading drops such keys
    // of the recipe, but not those of the changes.
    const auto read = [&](const Recipe& from, toml::UnknownKeys unknown_keys) -> Result<Recipe> {
        TRILBY_TRY(tables, toml::parse(to_toml(from), from.name));
        for (const std::string& change : changes) {
            TRILBY_CHECK(apply(change, option, tables));
        }
        return read_tables(tables, {option, unknown_keys});
    };
    TRILBY_TRY(changed, read(recipe, toml::UnknownKeys::are_ignored));
    return read(changed, toml::UnknownKeys::are_errors);
}

Result<void> require_known_network(const Recipe& recipe) {
    if (recipe.other.module.empty()) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("{}: the network '{}' belongs to a program, which alone can compute with it",
                    recipe.place_of("network.module"), printable(recipe.other.module, 64)),
        "use the program that trained it, or remove the key 'module'");
}

Result<Recipe> read_recipe(const std::filesystem::path& path) {
    constexpr std::size_t limit_bytes = 1U << 20;
    const auto text =
        platform::FileTree().read(std::filesystem::absolute(path).string(), limit_bytes);
    if (text) {
        return parse_recipe(*text, path.string());
    }
    const bool is_malformed = text.presence() == Presence::malformed;
    return failure(
        is_malformed ? ErrorCode::bad_data : ErrorCode::no_input,
        fmt::format("recipe '{}' {}", path.string(),
                    why_missing(text.presence(), "is not a regular file of at most 1 MiB")),
        hint_for(text.presence()));
}

}  // namespace trilby::train
