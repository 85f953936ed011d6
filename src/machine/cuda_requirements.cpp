// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/device_requirements.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby {
namespace {

constexpr GpuVendor nvidia{.name = "NVIDIA", .id = pci_vendor::nvidia, .driver = "nvidia"};
constexpr const char* library_name = "libcuda.so.1";
constexpr const char* node_hint =
    "on the host, run 'nvidia-modprobe'; for a container, pass the GPU to it when creating it";

std::string describe(const KernelDriver& driver) {
    return fmt::format("nvidia {}{} is loaded",
                       printable(driver.version.value_or("of unknown version"), 64),
                       driver.flavour ? fmt::format(" ({})", *driver.flavour) : "");
}

/// Every card that the driver is bound to needs the open module, and the proprietary one is loaded.
bool needs_other_module(const Machine& machine) {
    const auto cards = nvidia_cards(machine);
    return working_nvidia_cards(machine).empty() &&
           std::ranges::any_of(cards, [](const PciDevice* card) {
               return card->driver.value_or("") == nvidia.driver && needs_open_nvidia_module(*card);
           });
}

Requirement driver_bound(const Machine& machine) {
    constexpr std::string_view id = "nvidia-driver";
    const auto& drivers = machine.drivers;
    if (const auto why = why_unbound(machine, nvidia)) {
        return missed(id, *why, ask_the_doctor);
    }
    if (const KernelDriver* driver = loaded_driver(machine, nvidia.driver)) {
        return needs_other_module(machine)
                   ? missed(
                         id,
                         fmt::format("{}, but the card needs the open module", describe(*driver)),
                         ask_the_doctor)
                   : met(id, describe(*driver));
    }
    if (!drivers) {
        return unknown(id, drivers.presence(), drivers.source());
    }
    if (const auto unread = unread_paths(machine, FactList::drivers); !unread.empty()) {
        return unknown(id, unread.front()->why, unread.front()->path);
    }
    return missed(id, fmt::format("the driver nvidia is not loaded ({}/nvidia)", drivers.source()),
                  ask_the_doctor);
}

Requirement missing_node(const Machine& machine, std::string_view id, std::string_view what,
                         const char* hint) {
    return can_create_nvidia_nodes(machine)
               ? unknown(id, fmt::format("{}; {} creates it when CUDA is first used", what,
                                         nvidia_node_maker))
               : missed(id, std::string(what), hint);
}

Requirement node_usable(const Machine& machine, std::string_view id, std::string_view path,
                        const char* hint) {
    const auto& nodes = machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    const DeviceNode* node = device_node(machine, path);
    return node != nullptr
               ? may_open(id, *node)
               : missing_node(machine, id, fmt::format("{} does not exist", path), hint);
}

/// Any numbered node is enough: a container may be given only the second GPU.
Requirement card_node(const Machine& machine) {
    constexpr std::string_view id = "nvidia-device-node";
    const auto& nodes = machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    std::vector<Requirement> found;
    for (const DeviceNode& node : *nodes) {
        if (is_nvidia_card_node(node)) {
            found.push_back(may_open(id, node));
        }
    }
    return any_of(found, missing_node(machine, id, "no /dev/nvidia0 or other numbered node exists",
                                      node_hint));
}

/// A container may have the library in a folder that only its programs know.
Requirement cuda_library(const Machine& machine) {
    constexpr std::string_view id = "nvidia-cuda-library";
    const auto& libraries = machine.libraries;
    if (const LibraryFile* file = library(machine, library_name)) {
        return met(id, printable(file->path, 256));
    }
    if (!libraries) {
        return unknown(id, libraries.presence(), libraries.source());
    }
    if (const auto unread = unread_paths(machine, FactList::libraries); !unread.empty()) {
        return unknown(id, unread.front()->why, unread.front()->path);
    }
    std::string evidence = fmt::format("none of the loader's folders has {}", library_name);
    return is_in_closed_container(machine) ? unknown(id, std::move(evidence))
                                           : missed(id, std::move(evidence), ask_the_doctor);
}

}  // namespace

std::vector<Requirement> cuda_requirements(const Machine& machine) {
    return {device_present(machine, "nvidia-gpu", nvidia),
            driver_bound(machine),
            node_usable(machine, "nvidia-control-node", "/dev/nvidiactl", node_hint),
            card_node(machine),
            node_usable(machine, "nvidia-uvm-node", "/dev/nvidia-uvm",
                        "on the host, run 'sudo modprobe nvidia_uvm' and 'nvidia-modprobe -c0 -u'"),
            cuda_library(machine)};
}

}  // namespace trilby
