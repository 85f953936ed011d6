// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>

#include "base/json.hpp"
#include "base/presence.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "install/folders.hpp"
#include "install/version.hpp"
#include "platform/environment.hpp"
#include "platform/file_tree.hpp"
#include "platform/trusted_file.hpp"
#include <trilby/backend_abi.h>
#include <trilby/selection.hpp>

namespace trilby {
namespace {

constexpr std::int64_t manifest_version = 1;
constexpr std::size_t limit_bytes = 64U << 10;
constexpr std::string_view prefix = "trilby-backend-";
constexpr std::string_view suffix = ".json";
constexpr const char* reinstall_hint =
    "reinstall the package that owns it, or remove your own build with 'trilby backend remove'";

std::unexpected<Error> broken(std::string message) {
    return failure(ErrorCode::bad_data, std::move(message), reinstall_hint);
}

bool is_plain_file_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

/// "cuda" for "trilby-backend-cuda.json"; nothing for other files.
std::optional<std::string> backend_name(std::string_view file_name) {
    const bool fits = file_name.starts_with(prefix) && file_name.ends_with(suffix) &&
                      file_name.size() > prefix.size() + suffix.size();
    if (!fits) {
        return std::nullopt;
    }
    file_name.remove_prefix(prefix.size());
    file_name.remove_suffix(suffix.size());
    return std::string(file_name);
}

/// The key is optional: a module for the CPU has no GPU code.
Result<std::vector<std::string>> parse_gpu_targets(const json::object& content,
                                                   std::string_view where) {
    std::vector<std::string> targets;
    if (!content.contains("gpu_targets")) {
        return targets;
    }
    TRILBY_TRY(listed, json::get_array(content, "gpu_targets", where));
    for (const json::value& target : listed) {
        if (!target.is_string()) {
            return broken(
                fmt::format("{}: key 'gpu_targets' has an element that is not a string", where));
        }
        targets.emplace_back(target.get_string());
    }
    return targets;
}

Result<Manifest> read_manifest(const platform::FileTree& folder, const std::string& file_name,
                               const std::string& name) {
    const std::string path = folder.real_path(file_name).string();
    const Observed<std::string> text = folder.read(file_name, limit_bytes);
    if (!text) {
        return broken(fmt::format("'{}' cannot be read as a manifest of at most {} bytes", path,
                                  limit_bytes));
    }
    TRILBY_TRY(manifest, parse_manifest(*text, path));
    if (manifest.name != name) {
        return broken(fmt::format("'{}' describes backend '{}', expected '{}'", path,
                                  printable(manifest.name, 64), name));
    }
    const Presence presence = folder.presence(manifest.module);
    if (presence != Presence::present) {
        return broken(fmt::format(
            "'{}' needs the module {}, which {}", path, printable(manifest.module, 256),
            presence == Presence::absent ? "is not in its folder" : why_missing(presence)));
    }
    return manifest;
}

/// The path of the module to load. Another user could have put code of his own there.
Result<std::filesystem::path> trusted_module(const InstalledBackend& entry) {
    TRILBY_CHECK(platform::require_trusted(entry.path));
    return platform::require_trusted(entry.module);
}

void use_only_if_trusted(InstalledBackend& entry) {
    if (!entry.manifest) {
        return;
    }
    if (auto module = trusted_module(entry)) {
        entry.module = std::move(*module);
    } else {
        entry.manifest = std::unexpected(module.error());
    }
}

/// Whoever can change the folder of the installation can change this program as well.
bool is_part_of_installation(const std::filesystem::path& folder) {
    return folder == install::layout().library_folder / "backends";
}

/// Lower is better: a module left behind by an update must not hide one that fits.
int misfit(const InstalledBackend& entry) {
    if (!entry.manifest) {
        return 3;
    }
    if (entry.manifest->abi != TRILBY_BACKEND_ABI_VERSION) {
        return 2;
    }
    return entry.manifest->version == version ? 0 : 1;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, std::string_view where) {
    TRILBY_TRY(document, json::parse(text, where));
    TRILBY_TRY(content, json::as_object(document, where));
    TRILBY_TRY(format, json::get_integer(content, "manifest", where));
    if (format != manifest_version) {
        return broken(
            fmt::format("{}: manifest version {}, expected {}", where, format, manifest_version));
    }
    TRILBY_TRY(name, json::get_string(content, "name", where));
    TRILBY_TRY(module, json::get_string(content, "module", where));
    TRILBY_TRY(abi, json::get_integer(content, "abi", where));
    TRILBY_TRY(module_version, json::get_string(content, "version", where));
    TRILBY_TRY(libtorch, json::get_string(content, "libtorch", where));
    TRILBY_TRY(gpu_targets, parse_gpu_targets(content, where));
    if (!is_plain_file_name(module)) {
        return broken(
            fmt::format("{}: key 'module' is '{}', expected the name of a file in the "
                        "same folder",
                        where, printable(module, 256)));
    }
    return Manifest{name, module, abi, module_version, libtorch, gpu_targets};
}

BackendFolder read_manifests(const std::filesystem::path& folder) {
    const platform::FileTree tree(folder);
    const auto names = tree.list("/");
    if (!names) {
        return BackendFolder::missing(names.presence(), folder.string());
    }
    std::vector<InstalledBackend> installed;
    for (const std::string& file_name : *names) {
        if (const auto name = backend_name(file_name)) {
            auto manifest = read_manifest(tree, file_name, *name);
            auto module = manifest ? folder / manifest->module : std::filesystem::path();
            installed.push_back({.path = (folder / file_name).string(),
                                 .name = *name,
                                 .manifest = std::move(manifest),
                                 .module = std::move(module)});
        }
    }
    return BackendFolder::present(std::move(installed), folder.string());
}

std::vector<std::filesystem::path> backend_folders() {
    if (const auto given = platform::environment_variable("TRILBY_BACKEND_DIR")) {
        return {*given};
    }
    std::vector<std::filesystem::path> folders{install::site_library_folder() / "backends",
                                               install::layout().library_folder / "backends"};
    if (const auto users = install::user_data_folder(); !users.empty()) {
        folders.insert(folders.begin(), users / "backends");
    }
    return folders;
}

BackendFolder installed_backends() {
    std::vector<InstalledBackend> all;
    std::vector<std::string> names;
    Presence presence = Presence::absent;
    for (const std::filesystem::path& folder : backend_folders()) {
        const BackendFolder found = read_manifests(folder);
        names.push_back(folder.string());
        presence = presence == Presence::present ? presence : found.presence();
        for (InstalledBackend entry : found.value_or({})) {
            if (!is_part_of_installation(folder)) {
                use_only_if_trusted(entry);
            }
            all.push_back(std::move(entry));
        }
    }
    std::string source = fmt::format("{}", fmt::join(names, " or "));
    if (presence != Presence::present) {
        return BackendFolder::missing(presence, std::move(source));
    }
    std::ranges::stable_sort(all, std::less(), misfit);
    return BackendFolder::present(std::move(all), std::move(source));
}

}  // namespace trilby
