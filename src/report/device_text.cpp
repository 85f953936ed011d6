// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/device_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

#include "base/units.hpp"
#include "report/runtime_text.hpp"

namespace trilby::report {
namespace {

std::string text_of(const Observed<std::string>& fact, const char* otherwise) {
    return fact ? one_line(*fact) : std::string(otherwise);
}

std::string driver_text(const PciDevice& device, const Machine& machine) {
    if (!device.driver) {
        return device.driver.presence() == Presence::absent ? "no driver bound" : "driver unknown";
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
    return text;
}

std::string node_text(const DrmNode& drm) {
    if (!drm.node) {
        return fmt::format("{} missing", drm.node.source());
    }
    const Observed<bool>& may_open = drm.node->may_open;
    return may_open && !*may_open ? drm.node->path + " (no permission)" : drm.node->path;
}

std::string nodes_of(const PciDevice& device, const Machine& machine) {
    std::string text;
    // CUDA does not use these nodes, and containers do not get them.
    const bool is_used = device.driver.value_or("") != "nvidia";
    if (is_used && machine.drm_nodes && machine.device_nodes) {
        for (const DrmNode& drm : *machine.drm_nodes) {
            if (drm.pci_address.value_or("") == device.address) {
                text += fmt::format(", {}", one_line(node_text(drm)));
            }
        }
    }
    return text;
}

std::string device_name(const PciDevice& device) {
    if (device.device_name) {
        return fmt::format("{} {}", text_of(device.vendor_name, ""), one_line(*device.device_name));
    }
    const auto id = [](const Observed<std::uint16_t>& number) {
        return number ? fmt::format("{:04x}", *number) : std::string("????");
    };
    return fmt::format("{} device {}:{}", text_of(device.vendor_name, "unnamed"),
                       id(device.vendor_id), id(device.device_id));
}

std::string compute_text(const KfdNode& node) {
    std::vector<std::string> parts;
    if (node.gfx_target) {
        parts.push_back(one_line(*node.gfx_target));
    }
    if (node.compute_units) {
        parts.push_back(fmt::format("{} compute units", *node.compute_units));
    }
    if (node.vram_bytes.value_or(0) > 0) {
        parts.push_back(format_bytes(*node.vram_bytes));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// What AMD's compute driver says: of a card that is partitioned, the first part and their number.
std::string kfd_text(const PciDevice& device, const Machine& machine) {
    std::vector<KfdNode> nodes;
    for (const KfdNode& node : machine.kfd_nodes.value_or({})) {
        if (node.pci_address.value_or("") == device.address) {
            nodes.push_back(node);
        }
    }
    if (nodes.empty()) {
        return {};
    }
    const std::string text = compute_text(nodes.front());
    return nodes.size() == 1 ? text : fmt::format("{} partitions, each {}", nodes.size(), text);
}

std::string nvidia_text(const PciDevice& device, const Machine& machine) {
    const auto gpus = machine.nvidia_gpus.value_or({});
    const auto gpu = std::ranges::find(gpus, device.address, &NvidiaGpu::pci_address);
    if (gpu == gpus.end()) {
        return {};
    }
    if (gpu->is_excluded.value_or(false)) {
        return "excluded by the administrator";
    }
    if (const auto& minor = gpu->device_minor; minor && machine.device_nodes) {
        const std::string node = fmt::format("/dev/nvidia{}", *minor);
        if (std::ranges::find(*machine.device_nodes, node, &DeviceNode::path) ==
            machine.device_nodes->end()) {
            return fmt::format("{} missing: this process cannot use it", node);
        }
    }
    const std::size_t parts = gpu->mig_instances ? gpu->mig_instances->size() : 0;
    return parts > 0 ? fmt::format("divided into {} MIG instances", parts) : std::string();
}

/// "PCIe 16 GT/s x16"; lanes that are not in use are said, since they do not come back.
std::string link_text(const PciLink& link) {
    if (!link.max_speed_gt_per_s || !link.width) {
        return {};
    }
    const bool is_narrow = link.max_width && *link.width < *link.max_width;
    return fmt::format("PCIe {} GT/s x{}{}", *link.max_speed_gt_per_s, *link.width,
                       is_narrow ? fmt::format(" of x{}", *link.max_width) : "");
}

std::string window_text(const PciDevice& device) {
    const auto& now = device.largest_bar_bytes;
    const auto& possible = device.largest_possible_bar_bytes;
    return now && possible && *now < *possible
               ? fmt::format("{} of {} visible to the CPU", format_bytes(*now),
                             format_bytes(*possible))
               : std::string();
}

std::string details_of(const PciDevice& device, const Machine& machine) {
    const bool is_asleep = device.runtime_status.value_or("") == "suspended";
    std::vector<std::string> parts{
        kfd_text(device, machine),    runtime_memory_text(device, machine),
        nvidia_text(device, machine), link_text(device.link),
        window_text(device),          is_asleep ? "asleep" : ""};
    std::erase(parts, "");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::string device_rows(const Machine& machine, const Style& style) {
    if (!machine.pci_devices) {
        return row("GPU",
                   fmt::format("unknown: {} is {}", machine.pci_devices.source(),
                               "not there or cannot be read"),
                   style);
    }
    if (machine.pci_devices->empty()) {
        return row("GPU", "none on the PCI bus", style);
    }
    std::string out;
    for (const PciDevice& device : *machine.pci_devices) {
        constexpr std::uint32_t display = 0x03;
        const bool is_display = device.class_code.value_or(0) >> 16 == display;
        out += row(is_display ? "GPU" : "Accel", device_name(device), style);
        out += row("",
                   fmt::format("{}, {}{}", one_line(device.address), driver_text(device, machine),
                               nodes_of(device, machine)),
                   style);
        if (const std::string details = details_of(device, machine); !details.empty()) {
            out += row("", details, style);
        }
    }
    return out;
}

std::string hidden_gpu_row(const Machine& machine, const Style& style) {
    const auto nodes = machine.kfd_nodes.value_or({});
    const auto hidden = std::ranges::count_if(
        nodes, [](const KfdNode& node) { return node.simd_count.presence() == Presence::denied; });
    return hidden == 0 ? std::string()
                       : row("",
                             fmt::format("{} more AMD GPU{} here, but hidden from this container",
                                         hidden, hidden == 1 ? " is" : "s are"),
                             style);
}

}  // namespace trilby::report
