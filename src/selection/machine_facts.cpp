// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "selection/machine_facts.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/backends.hpp"
#include "base/text.hpp"

namespace trilby::selection {
namespace {

/// Windows passes its GPUs on through this node, and puts none on a bus.
bool is_wsl(const Machine& machine) {
    return machine.device_nodes &&
           std::ranges::find(*machine.device_nodes, "/dev/dxg", &DeviceNode::path) !=
               machine.device_nodes->end();
}

std::string hexadecimal(const Observed<std::uint16_t>& id) {
    return id ? fmt::format("{:04x}", *id) : "????";
}

}  // namespace

std::vector<const PciDevice*> devices_of(const Machine& machine, std::uint16_t vendor_id) {
    std::vector<const PciDevice*> found;
    if (machine.pci_devices) {
        for (const PciDevice& device : *machine.pci_devices) {
            if (device.vendor_id && *device.vendor_id == vendor_id) {
                found.push_back(&device);
            }
        }
    }
    return found;
}

const KernelDriver* find_driver(const Machine& machine, std::string_view name) {
    if (!machine.drivers) {
        return nullptr;
    }
    const auto found = std::ranges::find(*machine.drivers, name, &KernelDriver::name);
    return found == machine.drivers->end() ? nullptr : &*found;
}

std::string describe(const PciDevice& device) {
    const std::string name = device.device_name
                                 ? printable(*device.device_name, 128)
                                 : fmt::format("device {}:{}", hexadecimal(device.vendor_id),
                                               hexadecimal(device.device_id));
    return fmt::format("{} at {}", name, printable(device.address, 64));
}

Requirement device_present(const Facts& facts, std::string_view id, std::uint16_t vendor_id) {
    const auto& devices = facts.machine.pci_devices;
    if (!devices) {
        return unknown(id, devices.presence(), devices.source());
    }
    const auto found = devices_of(facts.machine, vendor_id);
    if (!found.empty()) {
        return met(id, describe(*found.front()));
    }
    return missed(id,
                  fmt::format("no {} GPU on the PCI bus ({})", find_backend(facts.backend)->vendor,
                              devices.source()),
                  is_wsl(facts.machine) ? "under WSL, GPUs are Windows': see 'trilby doctor'" : "");
}

std::string permissions_of(const DeviceNode& node) {
    if (!node.mode || !node.owner_id || !node.group_id) {
        return "permissions unknown";
    }
    return fmt::format("mode {:04o}, user {}, group {}", *node.mode, *node.owner_id,
                       *node.group_id);
}

Requirement may_open(std::string_view id, const DeviceNode& node) {
    if (!node.may_open) {
        return unknown(id, fmt::format("whether {} may be opened is only known on its own machine",
                                       node.path));
    }
    if (*node.may_open) {
        return met(id, fmt::format("{} may be opened", node.path));
    }
    return missed(id,
                  fmt::format("{} exists, but this user may not open it for reading and writing "
                              "({})",
                              node.path, permissions_of(node)),
                  "'trilby doctor' has the commands for this system");
}

Requirement node_usable(const Facts& facts, std::string_view id, std::string_view path,
                        std::string_view absent_hint) {
    const auto& nodes = facts.machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    const auto found = std::ranges::find(*nodes, path, &DeviceNode::path);
    return found == nodes->end()
               ? missed(id, fmt::format("{} does not exist", path), std::string(absent_hint))
               : may_open(id, *found);
}

}  // namespace trilby::selection
