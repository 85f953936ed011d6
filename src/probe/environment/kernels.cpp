// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "binary/kernel_module.hpp"
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
bool has_module_below(const ListReader& reader, const std::string& folder, int levels) {
    constexpr std::size_t names_limit = 200;  // only folders of drivers are deep, not large
    const auto names = reader.names(folder).value_or({});
    if (std::ranges::any_of(names, is_nvidia_module)) {
        return true;
    }
    return levels > 0 && names.size() < names_limit &&
           std::ranges::any_of(names, [&](const std::string& name) {
               return name.find('.') == std::string::npos &&
                      has_module_below(reader, fmt::format("{}/{}", folder, name), levels - 1);
           });
}

/// "extra/drivers/video/nvidia/nvidia.ko.xz" if NVIDIA's module is on this line of modules.dep;
/// else empty.
std::string_view nvidia_module_on(std::string_view line) {
    const std::string_view file = line.substr(0, line.find(':'));
    const std::size_t slash = file.rfind('/');
    const std::string_view name = file.substr(slash == std::string_view::npos ? 0 : slash + 1);
    return name.starts_with("nvidia.ko") ? file : std::string_view();
}

/// The path of NVIDIA's module in modules.dep, below the folder of the kernel; empty if there is
/// none.
std::string listed_module(const ListReader& reader, const std::string& kernel) {
    std::string found;
    reader.for_each_line(kernel + "/modules.dep", [&](std::string_view line) {
        found = nvidia_module_on(line);
        return found.empty();
    });
    return found;
}

/// Looks where akmods, DKMS and packages install it, then in the list of all modules.
bool has_nvidia_module(const ListReader& reader, const std::string& kernel) {
    constexpr std::array deep{"extra", "extramodules", "updates", "weak-updates"};
    constexpr std::array flat{"kernel", "kernel/drivers/video"};
    constexpr int levels = 4;
    const auto is_below = [&](int depth) {
        return [&reader, &kernel, depth](const char* place) {
            return has_module_below(reader, fmt::format("{}/{}", kernel, place), depth);
        };
    };
    return std::ranges::any_of(deep, is_below(levels)) || std::ranges::any_of(flat, is_below(0)) ||
           !listed_module(reader, kernel).empty();
}

KernelFolder read_kernel(const ListReader& reader, const std::string& release) {
    const std::string folder = fmt::format("{}/{}", modules_folder, release);
    return {.release = release,
            .has_modules = reader.has(folder + "/modules.dep"),
            .has_headers = reader.has(folder + "/build/Makefile"),
            .has_nvidia = has_nvidia_module(reader, folder)};
}

/// A driver version that is safe as a part of a path.
std::optional<std::string> checked_version(const std::string& text) {
    const bool is_version =
        !text.empty() && text.size() <= 32 && text.find("..") == std::string::npos &&
        text.find_first_not_of("0123456789.") == std::string::npos && text.front() != '.';
    return is_version ? std::optional(text) : std::nullopt;
}

std::optional<std::string> flavor_of(const std::string& license) {
    if (license == "NVIDIA") {
        return "proprietary";
    }
    return license.find("GPL") != std::string::npos ? std::optional<std::string>("open")
                                                    : std::nullopt;
}

}  // namespace

Observed<std::vector<KernelFolder>> read_kernel_folders(const FileTree& tree, UnreadPaths& unread) {
    using Found = Observed<std::vector<KernelFolder>>;
    const auto releases = tree.list(modules_folder);
    if (!releases) {
        return Found::missing(releases.presence(), releases.source());
    }
    const ListReader reader(tree, FactList::kernels, unread);
    std::vector<KernelFolder> kernels;
    for (const std::string& release : *releases) {
        kernels.push_back(read_kernel(reader, release));
    }
    return Found::present(std::move(kernels), releases.source());
}

Observed<std::vector<std::string>> read_failed_builds(const FileTree& tree, UnreadPaths& unread) {
    const ListReader reader(tree, FactList::failed_builds, unread);
    return tree.list(builds_folder).parse([&](const std::vector<std::string>& packages) {
        std::vector<std::string> logs;
        for (const std::string& package : packages) {
            if (!package.starts_with("nvidia")) {
                continue;
            }
            const std::string folder = fmt::format("{}/{}", builds_folder, package);
            for (const std::string& name : reader.names(folder).value_or({})) {
                if (name.ends_with(".failed.log") || name.ends_with("-failed.log")) {
                    logs.push_back(fmt::format("{}/{}", package, name));
                }
            }
        }
        return std::optional(std::move(logs));
    });
}

Observed<std::string> read_nvidia_module_flavor(const FileTree& tree, std::string_view release,
                                                UnreadPaths& unread) {
    const std::string kernel = fmt::format("{}/{}", modules_folder, release);
    const std::string module = listed_module(ListReader(tree, FactList::kernels, unread), kernel);
    return module.empty() ? Observed<std::string>::missing(Presence::absent, kernel)
                          : binary::read_module_license(tree, fmt::format("{}/{}", kernel, module))
                                .parse(flavor_of);
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
        names.presence() == Presence::absent && tree.presence(firmware_root) == Presence::present;
    return is_known_to_lack_it ? Found::present({}, folder) : names;
}

}  // namespace trilby::sources
