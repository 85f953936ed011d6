// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/package_sources.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace trilby::sources {
namespace {

using platform::FileTree;

constexpr const char* modules_folder = "/lib/modules";
constexpr const char* repositories_folder = "/etc/yum.repos.d";
constexpr const char* builds_folder = "/var/cache/akmods/nvidia";

/// Where akmods, DKMS and packages of distributions put the module: a folder or the file itself.
bool has_nvidia_module(const FileTree& tree, const std::string& kernel) {
    constexpr std::array places{"extra", "updates/dkms", "updates", "kernel/drivers/video"};
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

/// Sections "[id]" with lines "key=value".
void add_repositories(std::vector<Repository>& found, std::string_view text,
                      const std::string& path) {
    for (const std::string_view raw : split_lines(text)) {
        const std::string_view line = trim(raw);
        if (line.starts_with('[') && line.ends_with(']')) {
            found.push_back({.id = std::string(line.substr(1, line.size() - 2)),
                             .path = path,
                             .base_url = {},
                             .gpg_key = {},
                             .is_enabled = true});
            continue;
        }
        const std::size_t equals = line.find('=');
        if (found.empty() || equals == std::string_view::npos || line.starts_with('#')) {
            continue;
        }
        const std::string_view key = trim(line.substr(0, equals));
        const std::string_view value = trim(line.substr(equals + 1));
        if (key == "enabled") {
            found.back().is_enabled = is_true(value);
        } else if (key == "baseurl") {
            found.back().base_url = value;
        } else if (key == "gpgkey") {
            found.back().gpg_key = value;
        }
    }
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
    return tree.list(builds_folder).parse([](std::vector<std::string> names) {
        std::erase_if(names, [](const std::string& name) {
            return !name.ends_with(".failed.log") && !name.ends_with("-failed.log");
        });
        return std::optional(std::move(names));
    });
}

Observed<std::vector<Repository>> read_repositories(const FileTree& tree) {
    using Found = Observed<std::vector<Repository>>;
    const auto names = tree.list(repositories_folder);
    if (!names) {
        return Found::missing(names.presence(), names.source());
    }
    std::vector<Repository> found;
    for (const std::string& name : *names) {
        if (name.ends_with(".repo")) {
            const std::string path = fmt::format("{}/{}", repositories_folder, name);
            add_repositories(found, tree.read(path).value_or(""), path);
        }
    }
    return Found::present(std::move(found), names.source());
}

}  // namespace trilby::sources
