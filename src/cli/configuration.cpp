// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/configuration.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/try.hpp"
#include "install/folders.hpp"
#include "platform/environment.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/file_tree.hpp"
#include "selection/requirements.hpp"
#include "toml/reader.hpp"

namespace trilby::cli {
namespace {

constexpr const char* system_file = "/etc/trilby/config.toml";

std::vector<std::string_view> backend_names() {
    std::vector<std::string_view> names;
    for (const selection::Backend& backend : selection::backends()) {
        names.push_back(backend.name);
    }
    return names;
}

Result<Configuration> parse(std::string_view text, std::string_view where) {
    TRILBY_TRY(table, toml::parse(text, where));
    toml::Reader reader(table, where, "settings");
    const auto names = backend_names();
    const toml::node* const setting = table.get("backend");
    const std::size_t index = reader.word("backend", names, 0);
    TRILBY_CHECK(reader.finish());
    if (setting == nullptr) {
        return Configuration{};
    }
    return Configuration{BackendOverride{
        std::string(names[index]), fmt::format("{}:{}", where, setting->source().begin.line)}};
}

/// Why an existing file cannot be read; it may be a folder.
std::string reason(const std::filesystem::path& path) {
    const platform::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::error_code ignored;
    const int error =
        file ? (std::filesystem::is_directory(path, ignored) ? EISDIR : EINVAL) : errno;
    return std::generic_category().message(error);
}

Result<Configuration> read_file(const std::filesystem::path& path) {
    const auto text = platform::FileTree().read(path.native());
    if (text.presence() == Presence::absent) {
        return Configuration{};
    }
    if (!text) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' cannot be read: {}", path.string(), reason(path)),
                       "fix or remove it");
    }
    return parse(*text, path.native());
}

}  // namespace

Result<Configuration> read_configuration() {
    Configuration configuration;
    const std::filesystem::path user = install::user_configuration_folder();
    for (const auto& path :
         {user.empty() ? user : user / "config.toml", std::filesystem::path(system_file)}) {
        if (!path.empty() && !configuration.backend) {
            TRILBY_TRY(found, read_file(path));
            configuration.backend = std::move(found.backend);
        }
    }
    return configuration;
}

Result<std::optional<BackendOverride>> wanted_backend(const std::optional<std::string>& option) {
    if (option) {
        return BackendOverride{*option, "--backend"};
    }
    if (auto variable = platform::environment_variable("TRILBY_BACKEND")) {
        return BackendOverride{*variable, "TRILBY_BACKEND"};
    }
    TRILBY_TRY(configuration, read_configuration());
    return configuration.backend;
}

}  // namespace trilby::cli
