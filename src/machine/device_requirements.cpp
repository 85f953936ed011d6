// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/device_requirements.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"

namespace trilby {

Requirement device_present(const Machine& machine, std::string_view id, const GpuVendor& vendor) {
    const auto& devices = machine.pci_devices;
    if (!devices) {
        return unknown(id, devices.presence(), devices.source());
    }
    const auto found = devices_of(machine, vendor.id);
    if (!found.empty()) {
        return met(id, describe(*found.front()));
    }
    for (const PciDevice* device : unidentified_devices(machine)) {
        if (device->vendor_id.value_or(vendor.id) == vendor.id) {
            return unknown(id, device->class_code.presence(), device->class_code.source());
        }
    }
    return missed(
        id, fmt::format("no {} GPU on the PCI bus ({})", vendor.name, devices.source()),
        is_wsl(machine) ? "under WSL, Windows provides the GPU: see 'trilby doctor'" : "");
}

std::optional<std::string> why_unbound(const Machine& machine, const GpuVendor& vendor) {
    const auto devices = devices_of(machine, vendor.id);
    const bool may_be_bound = std::ranges::any_of(devices, [&](const PciDevice* device) {
        return device->driver.is_unreadable() || device->driver.value_or("") == vendor.driver;
    });
    if (devices.empty() || may_be_bound) {
        return std::nullopt;
    }
    const PciDevice& device = *devices.front();
    return fmt::format("{} is bound to {} instead of {} ({})", describe(device),
                       printable(device.driver.value_or("no driver"), 64), vendor.driver,
                       device.driver.source());
}

Requirement may_open(std::string_view id, const DeviceNode& node) {
    if (node.mode.is_unreadable()) {
        return unknown(id, node.mode.presence(), node.path);
    }
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
                  ask_the_doctor);
}

Requirement any_of(const std::vector<Requirement>& alternatives, const Requirement& if_none) {
    for (const Requirement& one : alternatives) {
        if (one.answer != Answer::missed) {
            return one;
        }
    }
    return alternatives.empty() ? if_none : alternatives.front();
}

}  // namespace trilby
