// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "selection/device_requirements.hpp"

namespace trilby::selection {
namespace {

constexpr const char* driver_hint =
    "install NVIDIA's own driver: 'trilby doctor' shows the commands for this system";
constexpr const char* node_hint =
    "on the host, run 'nvidia-modprobe'; for a container, pass the GPU to it when creating it";

Requirement gpu_present(const Facts& facts) {
    return device_present(facts, "nvidia-gpu", pci_vendor::nvidia);
}

/// The first NVIDIA GPU that is bound to nouveau or nova; null if there is none.
const PciDevice* device_held_by_other_driver(const Machine& machine) {
    for (const PciDevice* device : devices_of(machine, pci_vendor::nvidia)) {
        if (device->driver && *device->driver != "nvidia") {
            return device;
        }
    }
    return nullptr;
}

Requirement driver_loaded(const Facts& facts) {
    constexpr std::string_view id = "nvidia-driver";
    const auto& drivers = facts.machine.drivers;
    if (const KernelDriver* driver = loaded_driver(facts.machine, "nvidia")) {
        return met(id, fmt::format("nvidia {}{} is loaded",
                                   printable(driver->version.value_or("of unknown version"), 64),
                                   driver->flavour ? fmt::format(" ({})", *driver->flavour) : ""));
    }
    if (const PciDevice* held = device_held_by_other_driver(facts.machine)) {
        return missed(id,
                      fmt::format("{} is bound to {} instead of nvidia ({})", describe(*held),
                                  printable(*held->driver, 64), held->driver.source()),
                      driver_hint);
    }
    if (!drivers) {
        return unknown(id, drivers.presence(), drivers.source());
    }
    return missed(id, fmt::format("the driver nvidia is not loaded ({}/nvidia)", drivers.source()),
                  driver_hint);
}

Requirement control_node(const Facts& facts) {
    return node_usable(facts, "nvidia-control-node", "/dev/nvidiactl", node_hint);
}

/// Any numbered node is enough: a container may be given only the second GPU.
Requirement card_node(const Facts& facts) {
    constexpr std::string_view id = "nvidia-device-node";
    const auto& nodes = facts.machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    std::optional<Requirement> first;
    for (const DeviceNode& node : *nodes) {
        if (!is_nvidia_card_node(node)) {
            continue;
        }
        Requirement found = may_open(id, node);
        if (found.answer != Answer::missed) {
            return found;
        }
        first = first ? first : found;
    }
    return first ? *first : missed(id, "no /dev/nvidia0 or other numbered node exists", node_hint);
}

Requirement memory_node(const Facts& facts) {
    return node_usable(facts, "nvidia-uvm-node", "/dev/nvidia-uvm",
                       "on the host, run 'sudo modprobe nvidia_uvm' and 'nvidia-modprobe -c0 -u'");
}

std::vector<std::string> gpus_of(const Machine& machine) {
    std::vector<std::string> gpus;
    if (!machine.runtimes) {
        return gpus;
    }
    for (const Runtime& runtime : *machine.runtimes) {
        const bool is_from_nvidia = runtime.name == "cuda" || runtime.name == "nvml";
        if (!is_from_nvidia || !runtime.devices) {
            continue;
        }
        for (const RuntimeDevice& device : *runtime.devices) {
            if (device.architecture) {
                gpus.push_back(nvidia_target(*device.architecture));
            }
        }
    }
    return gpus;
}

Requirement has_gpu_code(const Facts& facts) {
    return module_has_code(facts, gpus_of(facts.machine));
}

constexpr std::array<Check, 8> checks{gpu_present, driver_loaded,       control_node, card_node,
                                      memory_node, module_is_installed, module_fits,  has_gpu_code};

}  // namespace

std::span<const Check> cuda_checks() {
    return checks;
}

}  // namespace trilby::selection
