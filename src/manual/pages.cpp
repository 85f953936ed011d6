// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/pages.hpp"

#include <filesystem>

#include "install/paths.hpp"

namespace trilby::manual {

std::vector<Page> all_pages() {
    return {trilby_page(), probe_page(),    backends_page(), doctor_page(),  data_page(),
            train_page(),  validate_page(), backend_page(),  toolbox_page(), config_page()};
}

Entry backend_variable() {
    return {
        "TRILBY_BACKEND",
        "The backend to use, and no other: `cuda`, `rocm` or `cpu`. Where a command has --backend, "
        "that goes before it; it goes before the configuration files."};
}

Entry backend_folder_variable() {
    return {
        "TRILBY_BACKEND_DIR",
        "The folder that holds the backends, and no other: neither those that you built nor that "
        "of the installation."};
}

Entry color_variable() {
    return {"NO_COLOR", "If it is not empty, nothing is printed in color or bold."};
}

Entry user_configuration() {
    return {"$XDG_CONFIG_HOME/trilby/config.toml",
            "The user's settings, by default in `~/.config`. See `trilby-config`(5)."};
}

Entry system_configuration() {
    return {"/etc/trilby/config.toml", "The system's settings, for what the user's leave open."};
}

std::string installed_data(const char* name) {
    using namespace install::paths;
    return std::filesystem::path(prefix) / data / name;
}

}  // namespace trilby::manual
