// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What surrounds the process: variables, its own location, the installed layout.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace trilby::platform {

/// A variable that is set and not empty; always nothing in a set-user-id program.
[[nodiscard]] std::optional<std::string> environment_variable(const char* name);

/// The same, but a variable that is set to nothing is "".
[[nodiscard]] std::optional<std::string> set_variable(const char* name);

/// A file that may be executed, and no folder.
[[nodiscard]] bool is_program(const std::filesystem::path& file);
/// The first program of that name in the folders of $PATH, or empty.
[[nodiscard]] std::filesystem::path find_program(std::string_view name);

/// Folders of this installation, found from where the program itself lies, so that a build tree, an
/// RPM and an unpacked archive all work without configuration.
struct InstallLayout {
    std::filesystem::path library_folder;  ///< ${libdir}/trilby
    std::filesystem::path libexec_folder;  ///< ${libexecdir}/trilby
    std::filesystem::path data_folder;     ///< ${datadir}/trilby
};
[[nodiscard]] InstallLayout install_layout();

/// /usr/local/lib/trilby, for what an administrator builds for all users of this system.
[[nodiscard]] std::filesystem::path site_library_folder();

/// $XDG_DATA_HOME/trilby, by default ~/.local/share/trilby; empty if no home is known.
[[nodiscard]] std::filesystem::path user_data_folder();
/// $XDG_CONFIG_HOME/trilby, by default ~/.config/trilby; empty if no home is known.
[[nodiscard]] std::filesystem::path user_configuration_folder();
/// $XDG_CACHE_HOME, by default ~/.cache; empty if no home is known.
[[nodiscard]] std::filesystem::path user_cache_folder();

}  // namespace trilby::platform
