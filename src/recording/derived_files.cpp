// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/derived_files.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace trilby::recording {
namespace {

using Files = std::map<std::string, std::string>;

/// The names that the probe has found, by database.
void add_name_databases(Files& files, const Machine& machine) {
    std::map<std::string, std::map<std::uint16_t, std::string>> vendors;
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (!device.vendor_id || (!device.vendor_name && !device.device_name)) {
            continue;
        }
        std::string& entry = vendors[device.vendor_name.source()][*device.vendor_id];
        if (entry.empty()) {
            entry = fmt::format("{:04x}  {}\n", *device.vendor_id, device.vendor_name.value_or(""));
        }
        if (device.device_name && device.device_id) {
            entry += fmt::format("\t{:04x}  {}\n", *device.device_id, *device.device_name);
        }
    }
    for (const auto& [path, entries] : vendors) {
        for (const auto& [id, entry] : entries) {
            files[path] += entry;
        }
    }
}

/// The line of NVIDIA's module in a kernel's list, with the path of the module if it was read.
std::string module_line(const std::string& kernel_folder, const Machine& machine) {
    const std::string& source = machine.environment.nvidia_module_flavor.source();
    if (source == kernel_folder) {
        return "";  // it is not in the list
    }
    const bool was_read = source.starts_with(kernel_folder + "/");
    return (was_read ? source.substr(kernel_folder.size() + 1) : "nvidia.ko") + ":\n";
}

void add_module_lists(Files& files, const Machine& machine) {
    const auto& kernels = machine.environment.kernels;
    for (const KernelFolder& kernel : kernels.value_or({})) {
        if (kernel.has_nvidia && kernel.has_modules) {
            const std::string folder = fmt::format("{}/{}", kernels.source(), kernel.release);
            files[folder + "/modules.dep"] = module_line(folder, machine);
        }
    }
}

}  // namespace

Files derived_files(const Machine& machine) {
    Files files;
    add_name_databases(files, machine);
    add_module_lists(files, machine);
    return files;
}

}  // namespace trilby::recording
