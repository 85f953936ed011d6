// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/device_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

#include "machine/accelerators.hpp"
#include "machine/devices.hpp"
#include "machine/find.hpp"
#include "machine/pci_vendors.hpp"
#include "report/device_details.hpp"
#include "report/fact_text.hpp"

namespace trilby::report {
namespace {

std::string driver_text(const PciDevice& device, const Machine& machine) {
    const std::string doubt = device.class_code ? "" : ", class unknown";
    if (!device.driver) {
        const bool has_none = device.driver.presence() == Presence::absent;
        return (has_none ? "no driver bound" : "driver unknown") + doubt;
    }
    std::string text = fmt::format("driver {}", one_line(*device.driver));
    const auto& drivers = machine.drivers;
    if (drivers) {
        const auto found = std::ranges::find(*drivers, *device.driver, &KernelDriver::name);
        if (found != drivers->end() && found->version) {
            text += fmt::format(" {}", one_line(*found->version, 64));
        }
        if (found != drivers->end() && found->flavour) {
            text += fmt::format(" ({})", *found->flavour);
        }
    }
    return text + doubt;
}

std::string node_text(const DrmNode& drm) {
    if (!drm.node) {
        return fmt::format("{} missing", drm.node.source());
    }
    const Observed<bool>& may_open = drm.node->may_open;
    return may_open && !*may_open ? drm.node->path + " (no permission)" : drm.node->path;
}

bool is_render_node(const DrmNode& drm) {
    return drm.name.starts_with("render");
}

/// Computing needs render nodes. Other nodes are shown only if there is no render node.
std::string nodes_of(const PciDevice& device, const Machine& machine) {
    // CUDA does not use these nodes, and containers do not get them.
    const bool is_used = device.driver.value_or("") != "nvidia";
    if (!is_used || !machine.drm_nodes || !machine.device_nodes) {
        return {};
    }
    std::vector<DrmNode> nodes;
    std::ranges::copy_if(*machine.drm_nodes, std::back_inserter(nodes), [&](const DrmNode& drm) {
        return drm.pci_address.value_or("") == device.address;
    });
    if (std::ranges::any_of(nodes, is_render_node)) {
        std::erase_if(nodes, std::not_fn(is_render_node));
    }
    std::string text;
    for (const DrmNode& drm : nodes) {
        text += fmt::format(", {}", one_line(node_text(drm)));
    }
    return text;
}

/// A short name instead of the full company name in the database, which may be missing.
std::string vendor_text(const PciDevice& device) {
    const std::uint16_t vendor = device.vendor_id.value_or(0);
    if (const auto name = pci_vendor::gpu_vendor_name(vendor); !name.empty()) {
        return std::string(name);
    }
    const AcceleratorVendor* maker = accelerator_vendor(vendor);
    return maker != nullptr ? std::string(maker->name) : text_of(device.vendor_name, "unnamed");
}

std::string device_name(const PciDevice& device) {
    if (device.device_name) {
        return fmt::format("{} {}", vendor_text(device), one_line(*device.device_name));
    }
    const auto id = [](const Observed<std::uint16_t>& number) {
        return number ? fmt::format("{:04x}", *number) : std::string("????");
    };
    return fmt::format("{} device {}:{}", vendor_text(device), id(device.vendor_id),
                       id(device.device_id));
}

/// The display of a server's management chip or of a virtual machine cannot compute. A device of
/// unknown class is shown only if it may be a GPU.
std::string_view kind_of(const PciDevice& device) {
    constexpr std::uint32_t display = 0x03;
    constexpr std::uint32_t controller_3d = 0x0302;
    if (!device.class_code) {
        return "GPU";
    }
    const std::uint32_t class_code = *device.class_code;
    if (class_code >> 16 != display) {
        return "Accel";
    }
    const bool computes = class_code >> 8 == controller_3d || !device.vendor_id ||
                          !pci_vendor::gpu_vendor_name(*device.vendor_id).empty();
    return computes ? "GPU" : "Display";
}

/// Devices that differ only in their address.
struct Group {
    std::string_view kind;
    std::string name;
    std::string driver;
    std::string nodes;
    std::string details;
    std::vector<std::string> addresses = {};

    [[nodiscard]] bool has_same_text(const Group& other) const {
        return kind == other.kind && name == other.name && driver == other.driver &&
               details == other.details;
    }
};

std::vector<Group> group_devices(const Machine& machine) {
    std::vector<Group> groups;
    for (const PciDevice* shown : find_all(machine.pci_devices, may_be_gpu)) {
        const PciDevice& device = *shown;
        Group group{.kind = kind_of(device),
                    .name = device_name(device),
                    .driver = driver_text(device, machine),
                    .nodes = nodes_of(device, machine),
                    .details = device_details(device, machine)};
        auto same = std::ranges::find_if(
            groups, [&](const Group& other) { return group.has_same_text(other); });
        if (same == groups.end()) {
            same = groups.insert(groups.end(), std::move(group));
        } else {
            same->nodes += group.nodes;
        }
        same->addresses.push_back(one_line(device.address));
    }
    std::ranges::stable_partition(groups,
                                  [](const Group& group) { return group.kind != "Display"; });
    return groups;
}

/// For several devices, only nodes that cannot be used are shown.
SafeText group_rows(const Group& group, const Style& style) {
    if (group.addresses.size() == 1) {
        return row(group.kind, group.name, style) +
               row("", fmt::format("{}, {}{}", group.addresses.front(), group.driver, group.nodes),
                   style) +
               (group.details.empty() ? "" : row("", group.details, style));
    }
    const bool has_closed_nodes = group.nodes.find('(') != std::string::npos;
    return row(group.kind, fmt::format("{} x {}", group.addresses.size(), group.name), style) +
           row("", fmt::format("{}{}", group.driver, has_closed_nodes ? group.nodes : ""), style) +
           (group.details.empty() ? "" : row("", fmt::format("each {}", group.details), style)) +
           row("", fmt::format("{}", fmt::join(group.addresses, ", ")), style);
}

/// Empty if every device is shown.
std::string unidentified_text(const Machine& machine) {
    auto devices = unidentified_devices(machine);
    std::erase_if(devices, [](const PciDevice* device) { return may_be_gpu(*device); });
    if (devices.empty()) {
        return {};
    }
    return fmt::format("unknown: the class of {} PCI device{} cannot be read ({})", devices.size(),
                       devices.size() == 1 ? "" : "s",
                       one_line(devices.front()->class_code.source()));
}

}  // namespace

SafeText device_rows(const Machine& machine, const Style& style) {
    if (!machine.pci_devices) {
        return row("GPU",
                   fmt::format("unknown: {} is {}", machine.pci_devices.source(),
                               "missing or cannot be read"),
                   style);
    }
    const std::vector<Group> groups = group_devices(machine);
    SafeText out;
    const bool has_gpu = !groups.empty() && groups.front().kind != "Display";
    const std::string unidentified = unidentified_text(machine);
    if (!has_gpu) {
        out = row("GPU", unidentified.empty() ? "none on the PCI bus" : unidentified, style);
    }
    for (const Group& group : groups) {
        out += group_rows(group, style);
    }
    if (has_gpu && !unidentified.empty()) {
        out += row("Other", unidentified, style);
    }
    return out;
}

SafeText hidden_gpu_row(const Machine& machine, const Style& style) {
    const auto nodes = machine.kfd_nodes.value_or({});
    const auto hidden = std::ranges::count_if(
        nodes, [](const KfdNode& node) { return node.simd_count.presence() == Presence::denied; });
    return hidden == 0 ? SafeText()
                       : row("",
                             fmt::format("{} more AMD GPU{} here, but hidden from this container",
                                         hidden, hidden == 1 ? " is" : "s are"),
                             style);
}

}  // namespace trilby::report
