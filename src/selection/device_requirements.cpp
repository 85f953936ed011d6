// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "selection/device_requirements.hpp"

#include <fmt/format.h>

#include "base/backends.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"

namespace trilby::selection {

Requirement device_present(const Facts& facts, std::string_view id, std::uint16_t vendor_id) {
    const auto& devices = facts.machine.pci_devices;
    if (!devices) {
        return unknown(id, devices.presence(), devices.source());
    }
    const auto found = devices_of(facts.machine, vendor_id);
    if (!found.empty()) {
        return met(id, describe(*found.front()));
    }
    return missed(
        id,
        fmt::format("no {} GPU on the PCI bus ({})", find_backend(facts.backend)->vendor,
                    devices.source()),
        is_wsl(facts.machine) ? "under WSL, Windows provides the GPU: see 'trilby doctor'" : "");
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
        return unknown(id,
                       fmt::format("a recording does not say whether {} can be opened", node.path));
    }
    if (*node.may_open) {
        return met(id, fmt::format("{} can be opened", node.path));
    }
    return missed(id,
                  fmt::format("{} exists, but this user cannot open it for reading and writing "
                              "({})",
                              node.path, permissions_of(node)),
                  "'trilby doctor' shows the commands for this system");
}

Requirement node_usable(const Facts& facts, std::string_view id, std::string_view path,
                        std::string_view absent_hint) {
    const auto& nodes = facts.machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    const DeviceNode* node = device_node(facts.machine, path);
    return node == nullptr
               ? missed(id, fmt::format("{} does not exist", path), std::string(absent_hint))
               : may_open(id, *node);
}

}  // namespace trilby::selection
