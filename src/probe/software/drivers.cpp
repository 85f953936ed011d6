// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

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

KernelDriver read_driver(const FileTree& tree, const std::string& name) {
    KernelDriver driver;
    driver.name = name;
    driver.version = tree.read_trimmed(std::string(modules_path) + "/" + name + "/version");
    if (name == "nvidia") {
        driver.flavour = read_nvidia_flavour(tree);
    }
    return driver;
}

}  // namespace

Observed<std::vector<KernelDriver>> read_drivers(const FileTree& tree) {
    using Drivers = Observed<std::vector<KernelDriver>>;
    const auto folder = tree.status(modules_path);
    if (!folder) {
        return Drivers::missing(folder.presence(), folder.source());
    }
    std::vector<KernelDriver> drivers;
    for (const char* name : accelerator_drivers) {
        if (tree.exists(std::string(modules_path) + "/" + name)) {
            drivers.push_back(read_driver(tree, name));
        }
    }
    return Drivers::present(std::move(drivers), folder.source());
}

}  // namespace trilby::sources
