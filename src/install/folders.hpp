// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Where the parts of Trilby and the files of its user are.

#pragma once

#include <filesystem>

namespace trilby::install {

/// Folders of the running installation. They are found relative to the program itself, so a build
/// tree, an RPM and an unpacked archive all work without configuration.
struct Layout {
    std::filesystem::path library_folder;  ///< ${libdir}/trilby
    std::filesystem::path libexec_folder;  ///< ${libexecdir}/trilby
    std::filesystem::path data_folder;     ///< ${datadir}/trilby
};
[[nodiscard]] Layout layout();

/// trilby-worker
[[nodiscard]] std::filesystem::path worker_program();
/// trilby-runtimes.so, the module that queries the vendors' runtimes
[[nodiscard]] std::filesystem::path runtimes_module();

/// The engines that carry what several processes tell each other.
[[nodiscard]] std::filesystem::path engine_folder();

/// /usr/local/lib/trilby: what an administrator builds for all users.
[[nodiscard]] std::filesystem::path site_library_folder();

/// $XDG_DATA_HOME/trilby, by default ~/.local/share/trilby; empty if there is no home.
[[nodiscard]] std::filesystem::path user_data_folder();
/// $XDG_CONFIG_HOME/trilby, by default ~/.config/trilby; empty if there is no home.
[[nodiscard]] std::filesystem::path user_configuration_folder();
/// $XDG_CACHE_HOME/trilby, by default ~/.cache/trilby; empty if there is no home.
[[nodiscard]] std::filesystem::path user_cache_folder();

}  // namespace trilby::install
