// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/device_details.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

#include "base/units.hpp"
#include "machine/amd.hpp"
#include "report/runtime_text.hpp"

namespace trilby::report {
namespace {

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

/// The graphics driver also knows the memory of cards that the compute driver does not support.
std::string vram_text(const AmdGpu* gpu) {
    const std::uint64_t bytes = gpu != nullptr ? gpu->vram_bytes.value_or(0) : 0;
    return bytes > 0 ? format_bytes(bytes) : std::string();
}

/// From AMD's compute driver. A partitioned card shows its first part and the number of parts.
std::string kfd_text(const PciDevice& device, const Machine& machine) {
    std::vector<KfdNode> nodes;
    for (const KfdNode& node : machine.kfd_nodes.value_or({})) {
        if (node.pci_address.value_or("") == device.address) {
            nodes.push_back(node);
        }
    }
    if (nodes.empty()) {
        return vram_text(amd_gpu_at(machine, device.address));
    }
    const std::string text = compute_text(nodes.front());
    return nodes.size() == 1 ? text : fmt::format("{} partitions, each {}", nodes.size(), text);
}

std::string nvidia_text(const PciDevice& device, const Machine& machine) {
    if (!machine.nvidia_gpus || device.driver.value_or("") != "nvidia") {
        return {};
    }
    const auto& gpus = *machine.nvidia_gpus;
    const auto gpu = std::ranges::find(gpus, device.address, &NvidiaGpu::pci_address);
    if (gpu == gpus.end()) {
        return "not given to this container";
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

/// "PCIe 16 GT/s x16"; unused lanes are shown, because they stay unused.
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

}  // namespace

std::string device_details(const PciDevice& device, const Machine& machine) {
    const bool is_asleep = device.runtime_status.value_or("") == "suspended";
    std::vector<std::string> parts{
        kfd_text(device, machine),    runtime_memory_text(device, machine),
        nvidia_text(device, machine), link_text(device.link),
        window_text(device),          is_asleep ? "asleep" : ""};
    std::erase(parts, "");
    return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace trilby::report
