// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/environment.hpp"

#include <cstdlib>

#include "platform/install_paths.hpp"

namespace trilby::platform {

std::optional<std::string> environment_variable(const char* name) {
    const char* value = ::secure_getenv(name);
    if (value == nullptr || *value == '\0') {
        return std::nullopt;
    }
    return value;
}

InstallLayout install_layout() {
    std::error_code error;
    std::filesystem::path prefix =
        std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    // Programs lie in ${bindir} or in ${libexecdir}/trilby: climb from either to the prefix.
    for (const char* folder : {install_paths::bin, install_paths::libexec}) {
        const std::filesystem::path relative(folder);
        if (prefix.string().ends_with("/" + relative.string())) {
            for (const auto& part : relative) {
                static_cast<void>(part);
                prefix = prefix.parent_path();
            }
            return {prefix / install_paths::lib, prefix / install_paths::libexec,
                    prefix / install_paths::data};
        }
    }
    const std::filesystem::path configured(install_paths::prefix);
    return {configured / install_paths::lib, configured / install_paths::libexec,
            configured / install_paths::data};
}

std::filesystem::path user_data_folder() {
    if (const auto data_home = environment_variable("XDG_DATA_HOME")) {
        return std::filesystem::path(*data_home) / "trilby";
    }
    if (const auto home = environment_variable("HOME")) {
        return std::filesystem::path(*home) / ".local/share/trilby";
    }
    return {};
}

}  // namespace trilby::platform
