// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/environment.hpp"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

#include "platform/install_paths.hpp"

namespace trilby::platform {

namespace {

/// What is left of `path` without the folders of `suffix`; empty if it does not end in them.
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

/// As the XDG Base Directory Specification has it; empty if no home is known.
std::filesystem::path user_folder(const char* variable, const char* below_home) {
    // The specification wants relative ones to be ignored.
    if (const auto folder = environment_variable(variable); folder && folder->starts_with('/')) {
        return *folder;
    }
    const auto home = environment_variable("HOME");
    return home ? std::filesystem::path(*home) / below_home : std::filesystem::path();
}

InstallLayout layout_below(const std::filesystem::path& prefix) {
    return {prefix / install_paths::lib, prefix / install_paths::libexec,
            prefix / install_paths::data};
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

InstallLayout install_layout() {
    std::error_code ignored;
    const std::filesystem::path folder =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    // Our programs lie in ${bindir} or in ${libexecdir}/trilby. A program of somebody else, linked
    // to libtrilby, may lie in a bin folder too: there, nothing of ours is beside it.
    for (const char* place : {install_paths::bin, install_paths::libexec}) {
        const InstallLayout layout = layout_below(without_suffix(folder, place));
        if (layout.libexec_folder.is_absolute() &&
            std::filesystem::exists(layout.libexec_folder, ignored)) {
            return layout;
        }
    }
    return layout_below(install_paths::prefix);
}

std::filesystem::path site_library_folder() {
    return "/usr/local/lib/trilby";
}

std::filesystem::path user_data_folder() {
    const auto folder = user_folder("XDG_DATA_HOME", ".local/share");
    return folder.empty() ? folder : folder / "trilby";
}

std::filesystem::path user_configuration_folder() {
    const auto folder = user_folder("XDG_CONFIG_HOME", ".config");
    return folder.empty() ? folder : folder / "trilby";
}

std::filesystem::path user_cache_folder() {
    return user_folder("XDG_CACHE_HOME", ".cache");
}

}  // namespace trilby::platform
