// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "probe/environment/environment.hpp"

namespace trilby::sources {
namespace {

constexpr const char* modules_folder = "/lib/modules";
constexpr const char* builds_folder = "/var/cache/akmods";
constexpr const char* firmware_root = "/lib/firmware";
constexpr const char* firmware_folder = "/lib/firmware/nvidia";

bool is_nvidia_module(std::string_view name) {
    return name.starts_with("nvidia") && !name.starts_with("nvidiafb");
}

/// Looks for the module, or a folder of its name, in a folder and those below it.
bool has_module_below(const FileTree& tree, const std::string& folder, int levels) {
    constexpr std::size_t names_limit = 200;  // only folders of drivers are deep, not large
    const auto names = tree.list(folder).value_or({});
    if (std::ranges::any_of(names, is_nvidia_module)) {
        return true;
    }
    return levels > 0 && names.size() < names_limit &&
           std::ranges::any_of(names, [&](const std::string& name) {
               return name.find('.') == std::string::npos &&
                      has_module_below(tree, fmt::format("{}/{}", folder, name), levels - 1);
           });
}

/// "extra/drivers/video/nvidia/nvidia.ko.xz: ..." in modules.dep.
bool is_nvidia_line(std::string_view line) {
    const std::string_view file = line.substr(0, line.find(':'));
    const std::size_t slash = file.rfind('/');
    return file.substr(slash == std::string_view::npos ? 0 : slash + 1).starts_with("nvidia.ko");
}

bool is_listed(const FileTree& tree, const std::string& kernel) {
    bool is_found = false;
    static_cast<void>(tree.for_each_line(kernel + "/modules.dep", [&](std::string_view line) {
        is_found = is_found || is_nvidia_line(line);
        return !is_found;
    }));
    return is_found;
}

/// Looks where akmods, DKMS and packages install it, then in the list of all modules.
bool has_nvidia_module(const FileTree& tree, const std::string& kernel) {
    constexpr std::array deep{"extra", "extramodules", "updates", "weak-updates"};
    constexpr std::array flat{"kernel", "kernel/drivers/video"};
    constexpr int levels = 4;
    const auto is_below = [&](int depth) {
        return [&tree, &kernel, depth](const char* place) {
            return has_module_below(tree, fmt::format("{}/{}", kernel, place), depth);
        };
    };
    return std::ranges::any_of(deep, is_below(levels)) || std::ranges::any_of(flat, is_below(0)) ||
           is_listed(tree, kernel);
}

KernelFolder read_kernel(const FileTree& tree, const std::string& release) {
    const std::string folder = fmt::format("{}/{}", modules_folder, release);
    return {.release = release,
            .has_modules = tree.exists(folder + "/modules.dep"),
            .has_headers = tree.exists(folder + "/build/Makefile"),
            .has_nvidia = has_nvidia_module(tree, folder)};
}

/// A driver version that is safe as a part of a path.
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

}  // namespace trilby::sources
