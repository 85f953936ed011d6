// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

constexpr const char* command_line_path = "/proc/cmdline";
constexpr const char* secure_boot_path =
    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

// Only words of the command line about drivers and memory are kept: the rest identifies disks and
// may contain secrets.
constexpr std::array<std::string_view, 20> kept_words{"nomodeset",
                                                      "iommu",
                                                      "amd_iommu",
                                                      "intel_iommu",
                                                      "hugepages",
                                                      "pci",
                                                      "modprobe.blacklist",
                                                      "rd.driver.blacklist",
                                                      "module_blacklist",
                                                      "module.sig_enforce",
                                                      "vfio-pci.ids",
                                                      "mitigations",
                                                      "isolcpus",
                                                      "lockdown",
                                                      "hugepagesz",
                                                      "numa_balancing",
                                                      "default_hugepagesz",
                                                      "iommu.passthrough",
                                                      "nosmt",
                                                      "nr_cpus"};
constexpr std::array<std::string_view, 8> telling_prefixes{
    "nvidia.", "nvidia_drm.", "nvidia-drm.", "nouveau.", "amdgpu.", "ttm.", "i915.", "xe."};

struct Parameter {
    std::string_view module;
    std::string_view name;
};
constexpr std::array telling_parameters{
    Parameter{"amdgpu", "gttsize"},     Parameter{"amdgpu", "noretry"},
    Parameter{"amdgpu", "vramlimit"},   Parameter{"nouveau", "modeset"},
    Parameter{"nvidia_drm", "modeset"}, Parameter{"nvidia_drm", "fbdev"},
    Parameter{"ttm", "pages_limit"},    Parameter{"ttm", "page_pool_size"}};

Observed<std::vector<std::string>> read_boot_parameters(const FileTree& tree) {
    return tree.read(command_line_path).parse([](const std::string& line) {
        std::vector<std::string> kept;
        for (const std::string_view word : split_words(line)) {
            if (is_telling_boot_parameter(word)) {
                kept.emplace_back(word);
            }
        }
        return std::optional(kept);
    });
}

/// The file has four bytes of attributes, then 0 or 1.
Observed<bool> read_secure_boot(const FileTree& tree) {
    return tree.read(secure_boot_path, 64)
        .parse([](const std::string& bytes) -> std::optional<bool> {
            constexpr std::size_t attribute_bytes = 4;
            if (bytes.size() != attribute_bytes + 1 || bytes.back() < 0 || bytes.back() > 1) {
                return std::nullopt;
            }
            return bytes.back() == 1;
        });
}

/// The word in brackets on a line such as "none [integrity] confidentiality".
std::optional<std::string> bracketed(const std::string& line) {
    const std::size_t open = line.find('[');
    const std::size_t close = line.find(']', open);
    if (open == std::string::npos || close == std::string::npos || close == open + 1) {
        return std::nullopt;
    }
    return line.substr(open + 1, close - open - 1);
}

Text read_selinux(const FileTree& tree) {
    return tree.read_trimmed("/sys/fs/selinux/enforce")
        .parse([](const std::string& word) -> std::optional<std::string> {
            return word == "1"   ? std::optional<std::string>("enforcing")
                   : word == "0" ? std::optional<std::string>("permissive")
                                 : std::nullopt;
        });
}

std::vector<ModuleParameter> read_module_parameters(const FileTree& tree) {
    std::vector<ModuleParameter> parameters;
    for (const auto& [module, name] : telling_parameters) {
        const Text value =
            tree.read_trimmed(fmt::format("/sys/module/{}/parameters/{}", module, name));
        if (value.presence() != Presence::absent) {
            parameters.push_back({fmt::format("{}.{}", module, name), value});
        }
    }
    return parameters;
}

}  // namespace

bool is_telling_boot_parameter(std::string_view word) {
    const std::string_view key = word.substr(0, word.find('='));
    return std::ranges::find(kept_words, key) != kept_words.end() ||
           std::ranges::any_of(telling_prefixes,
                               [&](std::string_view prefix) { return word.starts_with(prefix); });
}

Kernel read_kernel(const FileTree& tree) {
    return {.boot_parameters = read_boot_parameters(tree),
            .module_parameters = read_module_parameters(tree),
            .secure_boot = read_secure_boot(tree),
            .lockdown = tree.read("/sys/kernel/security/lockdown").parse(bracketed),
            .selinux = read_selinux(tree),
            .transparent_huge_pages =
                tree.read("/sys/kernel/mm/transparent_hugepage/enabled").parse(bracketed)};
}

}  // namespace trilby::sources
