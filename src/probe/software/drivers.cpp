// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <optional>

#include "base/text.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

constexpr std::string_view modules_path = "/sys/module";
constexpr const char* nvidia_version_path = "/proc/driver/nvidia/version";

constexpr std::array accelerator_drivers{"nvidia",  "nvidia_uvm", "nouveau",    "nova_core",
                                         "amdgpu",  "radeon",     "i915",       "xe",
                                         "amdxdna", "intel_vpu",  "habanalabs", "qaic"};

/// "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build ...".
Observed<std::string> read_nvidia_flavour(const FileTree& tree) {
    const Observed<std::string> text = tree.read(nvidia_version_path);
    if (!text) {
        return text;
    }
    const std::string_view first_line = std::string_view(*text).substr(0, text->find('\n'));
    const bool is_open = first_line.find("Open Kernel Module") != std::string_view::npos;
    return Observed<std::string>::present(is_open ? "open" : "proprietary", text.source());
}

/// The word after the platform: "... Kernel Module  580.65.06  Fri ..." or "... for x86_64 580...".
std::optional<std::string> version_in(const std::string& text) {
    const std::string_view line = std::string_view(text).substr(0, text.find('\n'));
    for (const std::string_view word : split_words(line)) {
        if (word.find('.') != std::string_view::npos &&
            word.find_first_not_of("0123456789.") == std::string_view::npos) {
            return std::string(word);
        }
    }
    return std::nullopt;
}

/// A container may have only the driver's own file.
Observed<std::string> read_nvidia_version(const FileTree& tree, Observed<std::string> of_module) {
    return of_module.presence() == Presence::absent
               ? tree.read(nvidia_version_path).parse(version_in)
               : of_module;
}

KernelDriver read_driver(const FileTree& tree, const std::string& name) {
    KernelDriver driver;
    driver.name = name;
    driver.version = tree.read_trimmed(std::string(modules_path) + "/" + name + "/version");
    if (name == "nvidia") {
        driver.version = read_nvidia_version(tree, driver.version);
        driver.flavour = read_nvidia_flavour(tree);
    }
    return driver;
}

bool is_loaded(const ListReader& reader, const std::string& name) {
    return reader.has(std::string(modules_path) + "/" + name) ||
           (name == "nvidia" && reader.has(nvidia_version_path));
}

}  // namespace

Observed<std::vector<KernelDriver>> read_drivers(const FileTree& tree, UnreadPaths& unread) {
    using Drivers = Observed<std::vector<KernelDriver>>;
    const auto folder = tree.status(modules_path);
    const ListReader reader(tree, FactList::drivers, unread);
    if (!folder && !reader.has(nvidia_version_path)) {
        return Drivers::missing(folder.presence(), folder.source());
    }
    std::vector<KernelDriver> drivers;
    for (const char* name : accelerator_drivers) {
        if (is_loaded(reader, name)) {
            drivers.push_back(read_driver(tree, name));
        }
    }
    return Drivers::present(std::move(drivers), folder.source());
}

}  // namespace trilby::sources
