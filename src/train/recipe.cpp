// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/recipe.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <type_traits>
#include <variant>

#include "base/enum_name.hpp"
#include "base/presence.hpp"
#include "base/try.hpp"
#include "platform/file_tree.hpp"
#include "toml/reader.hpp"

namespace trilby::train {

TRILBY_DESCRIBE_ENUM(OptimizerSettings::Kind, '_', sgd, adamw)
TRILBY_DESCRIBE_ENUM(ScheduleSettings::Kind, '_', constant, cosine)

namespace {

constexpr std::int64_t count_limit = 1'000'000'000;

/// Reads the keys of a layer.
class KeyReader {
  public:
    explicit KeyReader(toml::Reader& reader) : reader_(reader) {}

    void required(std::string_view key, std::int64_t& value, std::int64_t least,
                  std::int64_t most) {
        value = reader_.integer(key, least, most);
    }
    void required(std::string_view key, double& value, double least, double most) {
        value = reader_.number(key, least, most);
    }
    void optional(std::string_view key, std::int64_t& value, std::int64_t least,
                  std::int64_t most) {
        value = reader_.integer(key, least, most, value);
    }
    void optional(std::string_view key, bool& value) { value = reader_.boolean(key, value); }

  private:
    toml::Reader& reader_;
};

/// The layers with their defaults.
template <class... Kinds>
std::array<Layer, sizeof...(Kinds)> layers_of(std::type_identity<std::variant<Kinds...>>) {
    return {Kinds{}...};
}

DataSettings read_data(toml::Reader& r) {
    return {.dataset = r.text("dataset"),
            .validation_examples = r.integer("validation_examples", 1, count_limit),
            .training_examples = r.integer("training_examples", 0, count_limit, 0),
            .test_examples = r.integer("test_examples", 0, count_limit, 0),
            .horizontal_flip = r.boolean("horizontal_flip", false),
            .shift_pixels = r.integer("shift_pixels", 0, 1024, 0)};
}

LoopSettings read_training(toml::Reader& r) {
    return {.epochs = r.integer("epochs", 1, 1'000'000),
            .batch_size = r.integer("batch_size", 1, 1'000'000),
            .seed = r.integer("seed", 0, INT64_MAX, 1),
            .label_smoothing = r.number("label_smoothing", 0.0, 0.99, 0.0)};
}

template <DescribedEnum Enum>
Enum read_choice(toml::Reader& r, std::string_view key) {
    std::vector<std::string_view> names;
    for_each_enumerator<Enum>([&](Enum, std::string_view name) { names.push_back(name); });
    return *enum_named<Enum>(names[r.word(key, names)]);
}

OptimizerSettings read_optimizer(toml::Reader& r) {
    OptimizerSettings settings;
    settings.kind = read_choice<OptimizerSettings::Kind>(r, "name");
    settings.learning_rate = r.number("learning_rate", 1e-12, 1000.0);
    settings.weight_decay = r.number("weight_decay", 0.0, 1000.0, settings.weight_decay);
    if (settings.kind == OptimizerSettings::Kind::sgd) {
        settings.momentum = r.number("momentum", 0.0, 0.9999, settings.momentum);
    } else {
        settings.beta1 = r.number("beta1", 0.0, 0.9999, settings.beta1);
        settings.beta2 = r.number("beta2", 0.0, 0.999999, settings.beta2);
    }
    return settings;
}

ScheduleSettings read_schedule(toml::Reader& r) {
    ScheduleSettings settings;
    settings.kind = read_choice<ScheduleSettings::Kind>(r, "name");
    settings.warmup_epochs = r.number("warmup_epochs", 0.0, 1e6, 0.0);
    if (settings.kind == ScheduleSettings::Kind::cosine) {
        settings.final_fraction = r.number("final_fraction", 0.0, 1.0, 0.0);
    }
    return settings;
}

/// The word of `layer` decides which other keys are valid, so it is read first.
Result<Layer> read_layer(const toml::table& table, std::size_t number, std::string_view where) {
    const auto known = layers_of(std::type_identity<Layer>());
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

Result<std::vector<Layer>> read_layers(const toml::table& network, std::string_view where) {
    toml::Reader reader(network, where, "[network]");
    std::vector<Layer> layers;
    if (const toml::array* rows = reader.array("layers")) {
        constexpr std::size_t layer_limit = 10'000;
        if (rows->empty() || rows->size() > layer_limit) {
            reader.reject(*rows, fmt::format("'layers' has {} layers, expected 1 to {}",
                                             rows->size(), layer_limit));
        }
        for (const toml::node& row : *rows) {
            const toml::table* table = row.as_table();
            if (table == nullptr) {
                reader.reject(row, "a layer must be a table such as { layer = \"relu\" }");
                break;
            }
            TRILBY_TRY(layer, read_layer(*table, layers.size() + 1, where));
            layers.push_back(layer);
        }
    }
    TRILBY_CHECK(reader.finish());
    return layers;
}

RecipePlaces places_of(const toml::table& table, std::string_view where) {
    const auto place = [&](std::string_view path) {
        const toml::node* node = table.at_path(path).node();
        return node != nullptr ? toml::place_of(*node, where) : std::string(where);
    };
    RecipePlaces places{.dataset = place("data.dataset"),
                        .validation_examples = place("data.validation_examples"),
                        .shift_pixels = place("data.shift_pixels"),
                        .layers = {}};
    if (const toml::array* layers = table.at_path("network.layers").as_array()) {
        for (const toml::node& layer : *layers) {
            places.layers.push_back(toml::place_of(layer, where));
        }
    }
    return places;
}

/// Reads one section with `read`; `into` is unchanged if it is missing.
template <class Settings>
Result<void> read_section(toml::Reader& root, std::string_view name, std::string_view where,
                          Settings (*read)(toml::Reader&), Settings& into) {
    if (const toml::table* section = root.table(name)) {
        toml::Reader reader(*section, where, fmt::format("[{}]", name));
        into = read(reader);
        return reader.finish();
    }
    return {};
}

Result<Recipe> read_tables(const toml::table& table, std::string_view where) {
    Recipe recipe;
    toml::Reader root(table, where, "recipe");
    recipe.name = root.text("name");
    recipe.summary = root.text("summary", "");
    TRILBY_CHECK(read_section(root, "data", where, read_data, recipe.data));
    TRILBY_CHECK(read_section(root, "training", where, read_training, recipe.training));
    TRILBY_CHECK(read_section(root, "optimizer", where, read_optimizer, recipe.optimizer));
    TRILBY_CHECK(read_section(root, "schedule", where, read_schedule, recipe.schedule));
    if (const toml::table* network = root.table("network")) {
        TRILBY_TRY(layers, read_layers(*network, where));
        recipe.layers = std::move(layers);
    }
    TRILBY_CHECK(root.finish());
    recipe.places = places_of(table, where);
    return recipe;
}

std::string hint_for(Presence presence) {
    return presence == Presence::absent   ? "'trilby train --list' shows the installed recipes"
           : presence == Presence::denied ? "fix the permissions of the file"
                                          : "";
}

}  // namespace

std::string_view word_for(OptimizerSettings::Kind kind) {
    return enum_name(kind);
}

std::string_view word_for(ScheduleSettings::Kind kind) {
    return enum_name(kind);
}

Result<Recipe> parse_recipe(std::string_view text, std::string_view where) {
    TRILBY_TRY(tables, toml::parse(text, where));
    return read_tables(tables, where);
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
