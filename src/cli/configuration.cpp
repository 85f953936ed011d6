// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/configuration.hpp"

#include <array>
#include <filesystem>
#include <fmt/format.h>

#include "base/try.hpp"
#include "platform/environment.hpp"
#include "platform/file_tree.hpp"
#include "train/toml_reader.hpp"

namespace trilby::cli {
namespace {

constexpr const char* system_file = "/etc/trilby/config.toml";

Result<Configuration> parse(std::string_view text, std::string_view where) {
    TRILBY_TRY(table, train::parse_toml(text, where));
    train::TomlReader reader(table, where, "settings");
    const std::string backend = reader.text("backend", "");
    TRILBY_CHECK(reader.finish());
    return Configuration{.backend = backend.empty() ? std::nullopt : std::optional(backend)};
}

Result<Configuration> read_file(const std::filesystem::path& path) {
    const auto text = platform::FileTree().read(path.native());
    if (text.presence() == Presence::absent) {
        return Configuration{};
    }
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", path.string()),
                       "check its permissions");
    }
    return parse(*text, path.native());
}

}  // namespace

Result<Configuration> read_configuration() {
    Configuration configuration;
    const std::filesystem::path user = platform::user_configuration_folder();
    for (const auto& path :
         {user.empty() ? user : user / "config.toml", std::filesystem::path(system_file)}) {
        if (!path.empty() && !configuration.backend) {
            TRILBY_TRY(found, read_file(path));
            configuration.backend = std::move(found.backend);
        }
    }
    return configuration;
}

Result<std::optional<std::string>> wanted_backend(const std::optional<std::string>& option) {
    if (option) {
        return option;
    }
    if (auto variable = platform::environment_variable("TRILBY_BACKEND")) {
        return variable;
    }
    TRILBY_TRY(configuration, read_configuration());
    return configuration.backend;
}

}  // namespace trilby::cli
