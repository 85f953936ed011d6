// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "install/folders.hpp"

#include "install/paths.hpp"
#include "platform/environment.hpp"

namespace trilby::install {
namespace {

constexpr const char* name = "trilby";

/// `path` without the folders of `suffix`; empty if it does not end in them.
std::filesystem::path without_suffix(std::filesystem::path path,
                                     const std::filesystem::path& suffix) {
    for (auto part = suffix.end(); part != suffix.begin();) {
        --part;
        if (path.filename() != *part) {
            return {};
        }
        path = path.parent_path();
    }
    return path;
}

Layout layout_below(const std::filesystem::path& prefix) {
    return {prefix / paths::lib, prefix / paths::libexec, prefix / paths::data};
}

std::filesystem::path own_folder_in(const std::filesystem::path& home) {
    return home.empty() ? home : home / name;
}

}  // namespace

Layout layout() {
    std::error_code ignored;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    // Trilby's programs are in ${bindir} and ${libexecdir}/trilby. A program that links libtrilby
    // may be in a bin folder too, but that one has no libexec folder of Trilby beside it.
    for (const char* place : {paths::bin, paths::libexec}) {
        const Layout found = layout_below(without_suffix(folder, place));
        if (found.libexec_folder.is_absolute() &&
            std::filesystem::exists(found.libexec_folder, ignored)) {
            return found;
        }
    }
    return layout_below(paths::prefix);
}

std::filesystem::path worker_program() {
    return layout().libexec_folder / "trilby-worker";
}

std::filesystem::path runtimes_module() {
    return layout().library_folder / "trilby-runtimes.so";
}

std::filesystem::path engine_folder() {
    return layout().library_folder / "engines";
}

std::filesystem::path site_library_folder() {
    return std::filesystem::path("/usr/local/lib") / name;
}

std::filesystem::path user_data_folder() {
    return own_folder_in(platform::xdg_data_home());
}

std::filesystem::path user_configuration_folder() {
    return own_folder_in(platform::xdg_config_home());
}

std::filesystem::path user_cache_folder() {
    return own_folder_in(platform::xdg_cache_home());
}

}  // namespace trilby::install
