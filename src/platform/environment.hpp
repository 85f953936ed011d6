// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Environment variables, and what they lead to: programs in $PATH, folders of the user.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trilby::platform {

/// The value of a variable that is set and not empty. In a set-user-id program no variable is set.
[[nodiscard]] std::optional<std::string> environment_variable(const char* name);

/// The same, but an empty value is "".
[[nodiscard]] std::optional<std::string> set_variable(const char* name);

/// Whether `file` is an executable regular file.
[[nodiscard]] bool is_program(const std::filesystem::path& file);
/// The first program of that name in $PATH, or empty.
[[nodiscard]] std::filesystem::path find_program(std::string_view name);

/// Base directories by the XDG specification: $XDG_DATA_HOME or ~/.local/share, $XDG_CONFIG_HOME or
/// ~/.config, $XDG_CACHE_HOME or ~/.cache. Empty if neither the variable nor $HOME is set.
[[nodiscard]] std::filesystem::path xdg_data_home();
[[nodiscard]] std::filesystem::path xdg_config_home();
[[nodiscard]] std::filesystem::path xdg_cache_home();

}  // namespace trilby::platform
