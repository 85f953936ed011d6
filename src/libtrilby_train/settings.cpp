// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/settings.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <optional>

#include "base/text.hpp"
#include "toml/text.hpp"

namespace trilby {
namespace {

std::string toml_of(const auto& number_or_flag) {
    return fmt::format("{}", number_or_flag);
}

std::string toml_of(const std::string& text) {
    return toml::quoted(text);
}

std::string toml_of(const std::vector<std::string>& texts) {
    std::vector<std::string> quoted(texts.size());
    std::ranges::transform(texts, quoted.begin(), toml::quoted);
    return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string toml_of(const std::map<std::string, std::string>& texts) {
    std::vector<std::string> entries;
    for (const auto& [name, text] : texts) {
        entries.push_back(fmt::format("{} = {}", toml::quoted(name), toml::quoted(text)));
    }
    return fmt::format("{{{}}}", fmt::join(entries, ", "));
}

std::string key_of(const std::string& change) {
    return std::string(trim(std::string_view(change).substr(0, change.find('='))));
}

bool is_about_data(const std::string& key) {
    constexpr std::array shared{"network.context", "network.loss"};  // of a text, of a series
    return key.starts_with("data.") || std::ranges::find(shared, key) != shared.end();
}

bool is_about_training(const std::string& key) {
    return !key.starts_with("data.") && !key.starts_with("network.");
}

/// For an error: the first key that does not belong here.
std::optional<std::string> find_misplaced(const std::vector<std::string>& changes,
                                          bool (*belongs)(const std::string&)) {
    for (const std::string& change : changes) {
        if (const std::string key = key_of(change); !belongs(key)) {
            return printable(key, 64);
        }
    }
    return std::nullopt;
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
    const auto misplaced = find_misplaced(changes, is_about_data);
    return !misplaced
               ? Result<void>()
               : failure(ErrorCode::usage,
                         fmt::format("DatasetOptions::settings has '{}', which is not a setting of "
                                     "the data",
                                     *misplaced),
                         "settings of training, optimizer and schedule belong to "
                         "FitOptions::settings");
}

Result<void> require_training_settings(const std::vector<std::string>& changes,
                                       std::string_view option) {
    const auto misplaced = find_misplaced(changes, is_about_training);
    return !misplaced
               ? Result<void>()
               : failure(ErrorCode::usage,
                         fmt::format("{} has '{}', but the program decides about its data and its "
                                     "network",
                                     option, *misplaced),
                         "settings of the data belong to DatasetOptions::settings, in the program");
}

}  // namespace trilby
