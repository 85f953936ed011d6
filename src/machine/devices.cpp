// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/devices.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby {
namespace {

std::string hexadecimal(const Observed<std::uint16_t>& id) {
    return id ? fmt::format("{:04x}", *id) : "????";
}

}  // namespace

std::string describe(const PciDevice& device) {
    const std::string name = device.device_name
                                 ? printable(*device.device_name, 128)
                                 : fmt::format("device {}:{}", hexadecimal(device.vendor_id),
                                               hexadecimal(device.device_id));
    return fmt::format("{} at {}", name, printable(device.address, 64));
}

bool is_known_to_compute(const PciDevice& device) {
    constexpr std::array<std::string_view, 7> gpu_drivers{
        "amdgpu", "i915", "nouveau", "nova_core", "nvidia", "radeon", "xe"};
    return device.class_code ||
           std::ranges::find(gpu_drivers, device.driver.value_or("")) != gpu_drivers.end();
}

bool may_be_gpu(const PciDevice& device) {
    const std::uint16_t vendor = device.vendor_id.value_or(0);
    const bool is_first_function = device.address.ends_with(".0");  // others are audio, USB, ...
    return is_known_to_compute(device) ||
           ((vendor == pci_vendor::nvidia || vendor == pci_vendor::amd) && is_first_function &&
            !device.driver);
}

std::vector<const PciDevice*> unidentified_devices(const Machine& machine) {
    return find_all(machine.pci_devices,
                    [](const PciDevice& device) { return !is_known_to_compute(device); });
}

std::vector<const PciDevice*> devices_of(const Machine& machine, std::uint16_t vendor_id) {
    return find_all(machine.pci_devices, [&](const PciDevice& device) {
        return device.vendor_id && *device.vendor_id == vendor_id && is_known_to_compute(device);
    });
}

bool has_bound_device(const Machine& machine, std::uint16_t vendor_id, std::string_view driver) {
    return std::ranges::any_of(devices_of(machine, vendor_id), [&](const PciDevice* device) {
        return device->driver.value_or("") == driver;
    });
}

bool is_set_aside(const PciDevice& device) {
    return device.driver.value_or("") == "vfio-pci" || device.physical_function.has_value();
}

bool is_virtual_display(const PciDevice& device) {
    constexpr const auto& makers = pci_vendor::virtual_displays;
    return device.class_code &&
           std::ranges::find(makers, device.vendor_id.value_or(0)) != makers.end();
}

bool is_intel_card(const PciDevice& device) {
    const std::string driver = device.driver.value_or("");
    const bool is_first_bus = device.address.find(":00:") != std::string::npos;
    return !is_first_bus && (driver == "xe" || driver == "i915");
}

bool is_translated(const Observed<std::string>& iommu_domain) {
    return iommu_domain.value_or("").starts_with("DMA");  // "DMA" or "DMA-FQ"
}

const KernelDriver* loaded_driver(const Machine& machine, std::string_view name) {
    return find_named(machine.drivers, name, &KernelDriver::name);
}

bool is_driver_missing(const Machine& machine, std::string_view name) {
    return machine.drivers && is_complete(machine, FactList::drivers) &&
           loaded_driver(machine, name) == nullptr;
}

const DeviceNode* device_node(const Machine& machine, std::string_view path) {
    return find_named(machine.device_nodes, path, &DeviceNode::path);
}

bool is_node_missing(const Machine& machine, std::string_view path) {
    return machine.device_nodes && device_node(machine, path) == nullptr;
}

bool is_compute_node(const DeviceNode& node) {
    return node.path == "/dev/kfd" || node.path.starts_with("/dev/nvidia");
}

bool is_render_node(const DrmNode& node) {
    return node.name.starts_with("renderD");
}

std::string permissions_of(const DeviceNode& node) {
    if (!node.mode || !node.owner_id || !node.group_id) {
        return "permissions unknown";
    }
    return fmt::format("mode {:04o}, owner {}, group {}", *node.mode, *node.owner_id,
                       *node.group_id);
}

bool is_open_to_everybody(const DeviceNode& node) {
    constexpr std::uint32_t read_and_write_for_others = 06;
    return (node.mode.value_or(0) & read_and_write_for_others) == read_and_write_for_others;
}

bool is_closed_by_its_mode(const DeviceNode& node) {
    return !node.may_open.value_or(true) && node.mode && !is_open_to_everybody(node);
}

}  // namespace trilby
