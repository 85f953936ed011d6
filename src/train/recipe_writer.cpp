// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "toml/text.hpp"
#include "train/recipe.hpp"
#include "train/recipe_keys.hpp"

namespace trilby::train {
namespace {

std::string row_of(const Layer& layer) {
    KeyWriter keys("");
    std::visit([&](const auto& one) { one.visit_keys(one, keys); }, layer);
    return fmt::format("    {{ layer = \"{}\"{} }},\n", layer_name(layer), keys.text());
}

template <class Settings>
std::string section(std::string name, const Settings& settings) {
    KeyWriter keys(std::move(name));
    Settings::visit_keys(settings, keys);
    return keys.text();
}

template <class Settings>
std::string task_sections(const OtherNetwork& other, const Settings& settings) {
    KeyWriter data("data");
    Settings::visit_data_keys(settings, data);
    KeyWriter network("network");
    visit_network_keys(other, settings, network);
    return data.text() + network.text();
}

}  // namespace

std::string KeyWriter::text() const {
    return section_.empty() ? keys_ : fmt::format("[{}]\n{}\n{}", section_, keys_, tables_);
}

void KeyWriter::add(std::string_view key, std::string_view value) {
    keys_ += section_.empty() ? fmt::format(", {} = {}", key, value)
                              : fmt::format("{} = {}\n", key, value);
}

void KeyWriter::write(std::string_view key, std::int64_t value) {
    add(key, fmt::format("{}", value));
}

/// With a fraction or an exponent, so that it stays a number with a fraction.
void KeyWriter::write(std::string_view key, double value) {
    add(key, fmt::format("{}", value));
}

void KeyWriter::write(std::string_view key, bool value) {
    add(key, value ? "true" : "false");
}

void KeyWriter::write(std::string_view key, const std::string& value) {
    add(key, toml::quoted(value));
}

void KeyWriter::write(std::string_view key, const std::vector<std::string>& values) {
    std::vector<std::string> texts(values.size());
    std::ranges::transform(values, texts.begin(), toml::quoted);
    add(key, fmt::format("[{}]", fmt::join(texts, ", ")));
}

void KeyWriter::write(std::string_view key, const std::vector<Layer>& layers) {
    std::string rows = "[\n";
    for (const Layer& layer : layers) {
        rows += row_of(layer);
    }
    add(key, rows + "]");
}

void KeyWriter::write(std::string_view key, const std::map<std::string, std::string>& values) {
    if (values.empty()) {
        return;
    }
    tables_ += fmt::format("[{}.{}]\n", section_, key);
    for (const auto& [name, value] : values) {
        tables_ += fmt::format("{} = {}\n", toml::quoted(name), toml::quoted(value));
    }
    tables_ += '\n';
}

std::string to_toml(const Recipe& recipe) {
    const std::string task = std::visit(
        [&](const auto& settings) { return task_sections(recipe.other, settings); }, recipe.task);
    return fmt::format("name = {}\nsummary = {}\ntask = {}\n\n", toml::quoted(recipe.name),
                       toml::quoted(recipe.summary), toml::quoted(recipe.task_name())) +
           section("training", recipe.training) + section("optimizer", recipe.optimizer) +
           section("schedule", recipe.schedule) + task;
}

}  // namespace trilby::train
