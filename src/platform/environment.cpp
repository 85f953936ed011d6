// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/environment.hpp"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace trilby::platform {
namespace {

std::filesystem::path base_directory(const char* variable, const char* below_home) {
    // The specification says to ignore relative paths.
    if (const auto folder = environment_variable(variable); folder && folder->starts_with('/')) {
        return *folder;
    }
    const auto home = environment_variable("HOME");
    return home ? std::filesystem::path(*home) / below_home : std::filesystem::path();
}

}  // namespace

std::optional<std::string> set_variable(const char* name) {
    const char* value = ::secure_getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<std::string> environment_variable(const char* name) {
    auto value = set_variable(name);
    return value && !value->empty() ? value : std::nullopt;
}

bool is_program(const std::filesystem::path& file) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

std::filesystem::path find_program(std::string_view name) {
    const std::string folders = environment_variable("PATH").value_or("");
    for (std::size_t first = 0; first <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', first), folders.size());
        const auto file = std::filesystem::path(folders.substr(first, end - first)) / name;
        if (file.is_absolute() && is_program(file)) {
            return file;
        }
        first = end + 1;
    }
    return {};
}

std::filesystem::path xdg_data_home() {
    return base_directory("XDG_DATA_HOME", ".local/share");
}

std::filesystem::path xdg_config_home() {
    return base_directory("XDG_CONFIG_HOME", ".config");
}

std::filesystem::path xdg_cache_home() {
    return base_directory("XDG_CACHE_HOME", ".cache");
}

}  // namespace trilby::platform
