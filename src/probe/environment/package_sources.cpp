// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/package_sources.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <set>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;

constexpr const char* modules_folder = "/lib/modules";
constexpr const char* repositories_folder = "/etc/yum.repos.d";
constexpr const char* overrides_folder = "/etc/dnf/repos.override.d";
constexpr const char* builds_folder = "/var/cache/akmods";
constexpr const char* firmware_root = "/lib/firmware";
constexpr const char* firmware_folder = "/lib/firmware/nvidia";
constexpr const char* compilers_folder = "/usr/libexec/gcc";

/// Where akmods, DKMS and packages of distributions put the module: a folder or the file itself.
bool has_nvidia_module(const FileTree& tree, const std::string& kernel) {
    constexpr std::array places{"extra",  "extramodules", "updates/dkms",        "updates",
                                "kernel", "weak-updates", "kernel/drivers/video"};
    return std::ranges::any_of(places, [&](const char* place) {
        const auto names = tree.list(fmt::format("{}/{}", kernel, place)).value_or({});
        return std::ranges::any_of(names, [](std::string_view name) {
            return name.starts_with("nvidia") && !name.starts_with("nvidiafb");
        });
    });
}

KernelFolder read_kernel(const FileTree& tree, const std::string& release) {
    const std::string folder = fmt::format("{}/{}", modules_folder, release);
    return {.release = release,
            .has_modules = tree.exists(folder + "/modules.dep"),
            .has_headers = tree.exists(folder + "/build/Makefile"),
            .has_nvidia = has_nvidia_module(tree, folder)};
}

bool is_true(std::string_view word) {
    constexpr std::array<std::string_view, 4> words{"1", "true", "yes", "True"};
    return std::ranges::find(words, word) != words.end();
}

void set_option(Repository& repository, std::string_view key, std::string_view value) {
    if (key == "enabled") {
        repository.is_enabled = is_true(value);
    } else if (key == "baseurl") {
        repository.base_url = value;
    } else if (key == "gpgkey") {
        repository.gpg_key = value;
    } else if (key == "exclude" || key == "excludepkgs") {
        repository.excludes = value;
    }
}

/// Calls `take(section, key, value)` for each line "key=value", and once with an empty key for each
/// line "[section]".
template <class Take>
void for_each_option(std::string_view text, Take take) {
    std::string_view section;
    for (const std::string_view raw : split_lines(text)) {
        const std::string_view line = trim(raw);
        const std::size_t equals = line.find('=');
        if (line.starts_with('[') && line.ends_with(']')) {
            section = line.substr(1, line.size() - 2);
            take(section, std::string_view(), std::string_view());
        } else if (!section.empty() && equals != std::string_view::npos && !line.starts_with('#')) {
            take(section, trim(line.substr(0, equals)), trim(line.substr(equals + 1)));
        }
    }
}

void add_repositories(std::vector<Repository>& found, std::string_view text,
                      const std::string& path) {
    for_each_option(text, [&](std::string_view id, std::string_view key, std::string_view value) {
        if (key.empty()) {
            found.push_back({.id = std::string(id),
                             .path = path,
                             .base_url = {},
                             .gpg_key = {},
                             .excludes = {},
                             .is_enabled = true});
        } else {
            set_option(found.back(), key, value);
        }
    });
}

bool is_meant(std::string_view pattern, std::string_view id) {
    return pattern.ends_with('*') ? id.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : id == pattern;
}

/// Sections name repositories; "*" at the end of a name stands for anything.
void change_repositories(std::vector<Repository>& repositories, std::string_view text) {
    for_each_option(text, [&](std::string_view id, std::string_view key, std::string_view value) {
        for (Repository& repository : repositories) {
            if (is_meant(id, repository.id)) {
                set_option(repository, key, value);
            }
        }
    });
}

std::vector<std::string> repository_files(const FileTree& tree, const char* folder) {
    std::vector<std::string> paths;
    for (const std::string& name : tree.list(folder).value_or({})) {
        if (name.ends_with(".repo")) {
            paths.push_back(fmt::format("{}/{}", folder, name));
        }
    }
    return paths;
}

/// As drivers are numbered, so that it may be a part of a path.
std::optional<std::string> checked_version(const std::string& text) {
    const bool is_version =
        !text.empty() && text.size() <= 32 && text.find("..") == std::string::npos &&
        text.find_first_not_of("0123456789.") == std::string::npos && text.front() != '.';
    return is_version ? std::optional(text) : std::nullopt;
}

}  // namespace

Observed<std::vector<KernelFolder>> read_kernel_folders(const FileTree& tree) {
    using Found = Observed<std::vector<KernelFolder>>;
    const auto releases = tree.list(modules_folder);
    if (!releases) {
        return Found::missing(releases.presence(), releases.source());
    }
    std::vector<KernelFolder> kernels;
    for (const std::string& release : *releases) {
        kernels.push_back(read_kernel(tree, release));
    }
    return Found::present(std::move(kernels), releases.source());
}

Observed<std::vector<std::string>> read_failed_builds(const FileTree& tree) {
    return tree.list(builds_folder).parse([&](const std::vector<std::string>& packages) {
        std::vector<std::string> logs;
        for (const std::string& package : packages) {
            if (!package.starts_with("nvidia")) {
                continue;
            }
            const std::string folder = fmt::format("{}/{}", builds_folder, package);
            for (const std::string& name : tree.list(folder).value_or({})) {
                if (name.ends_with(".failed.log") || name.ends_with("-failed.log")) {
                    logs.push_back(fmt::format("{}/{}", package, name));
                }
            }
        }
        return std::optional(std::move(logs));
    });
}

Observed<std::vector<Repository>> read_repositories(const FileTree& tree) {
    using Found = Observed<std::vector<Repository>>;
    const auto names = tree.list(repositories_folder);
    if (!names) {
        return Found::missing(names.presence(), names.source());
    }
    std::vector<Repository> found;
    for (const std::string& path : repository_files(tree, repositories_folder)) {
        add_repositories(found, tree.read(path).value_or(""), path);
    }
    for (const std::string& path : repository_files(tree, overrides_folder)) {
        change_repositories(found, tree.read(path).value_or(""));
    }
    return Found::present(std::move(found), names.source());
}

Observed<std::vector<std::string>> read_nvidia_firmware(const FileTree& tree) {
    using Found = Observed<std::vector<std::string>>;
    const auto version = tree.read_trimmed("/sys/module/nvidia/version").parse(checked_version);
    if (!version) {
        return Found::missing(version.presence(), version.source());
    }
    const std::string folder = fmt::format("{}/{}", firmware_folder, *version);
    const auto names = tree.list(folder);
    const bool is_known_to_lack_it =
        names.presence() == Presence::absent && tree.exists(firmware_root);
    return is_known_to_lack_it ? Found::present({}, folder) : names;
}

Observed<std::vector<std::uint32_t>> read_gcc_versions(const FileTree& tree) {
    using Found = Observed<std::vector<std::uint32_t>>;
    const auto targets = tree.list(compilers_folder);
    if (!targets) {
        return Found::missing(targets.presence(), targets.source());
    }
    std::set<std::uint32_t> versions;
    for (const std::string& target : *targets) {
        const std::string folder = fmt::format("{}/{}", compilers_folder, target);
        for (const std::string& name : tree.list(folder).value_or({})) {
            const auto version = parse_number<std::uint32_t>(name.substr(0, name.find('.')));
            if (version && tree.exists(fmt::format("{}/{}/cc1plus", folder, name))) {
                versions.insert(*version);
            }
        }
    }
    return Found::present({versions.begin(), versions.end()}, compilers_folder);
}

}  // namespace trilby::sources
