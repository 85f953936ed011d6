// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/settings.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

#include "base/text.hpp"
#include "train/recipe_keys.hpp"

namespace trilby {
namespace {

std::string toml_of(const auto& number_or_flag) {
    return fmt::format("{}", number_or_flag);
}

std::string toml_of(const std::string& text) {
    return train::toml_string(text);
}

std::string toml_of(const std::vector<std::string>& texts) {
    std::vector<std::string> quoted(texts.size());
    std::ranges::transform(texts, quoted.begin(), train::toml_string);
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string toml_of(const std::map<std::string, std::string>& texts) {
    std::vector<std::string> entries;
    for (const auto& [name, text] : texts) {
        entries.push_back(
            fmt::format("{} = {}", train::toml_string(name), train::toml_string(text)));
    }
    return fmt::format("{{{}}}", fmt::join(entries, ", "));
}

std::string key_of(const std::string& change) {
    return std::string(trim(std::string_view(change).substr(0, change.find('='))));
}

bool is_about_data(const std::string& key) {
    // Of a text, of a series, and of images, whose parts are drawn with the seed.
    constexpr std::array shared{"network.context", "network.loss", "training.seed"};
    return key.starts_with("data.") || std::ranges::find(shared, key) != shared.end();
}

bool is_about_training(const std::string& key) {
    constexpr std::array others{"data.", "network."};
    return std::ranges::none_of(others,
                                [&](const char* section) { return key.starts_with(section); });
}

}  // namespace

std::vector<std::string> changes_of(const Settings& settings) {
    std::vector<std::string> changes;
    for (const auto& [key, value] : settings) {
        changes.push_back(fmt::format(
            "{}={}", key, std::visit([](const auto& one) { return toml_of(one); }, value)));
    }
    return changes;
}

Result<void> require_data_settings(const std::vector<std::string>& changes) {
    for (const std::string& change : changes) {
        if (!is_about_data(key_of(change))) {
            return failure(ErrorCode::usage,
                           fmt::format("DatasetOptions::settings has '{}', which is not a setting "
                                       "of the data",
                                       printable(key_of(change), 64)),
                           "settings of training, optimizer and schedule belong to "
                           "FitOptions::settings");
        }
    }
    return {};
}

Result<void> require_training_settings(const std::vector<std::string>& changes,
                                       std::string_view option) {
    for (const std::string& change : changes) {
        if (!is_about_training(key_of(change))) {
            return failure(ErrorCode::usage,
                           fmt::format("{} has '{}', but the program decides about its data and "
                                       "its network",
                                       option, printable(key_of(change), 64)),
                           "settings of the data belong to DatasetOptions::settings, in the "
                           "program");
        }
    }
    return {};
}

}  // namespace trilby
