// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "machine/amd.hpp"
#include "machine/device_requirements.hpp"
#include "machine/devices.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby {
namespace {

constexpr GpuVendor amd{.name = "AMD", .id = pci_vendor::amd, .driver = "amdgpu"};
constexpr const char* node_hint =
    "check 'dmesg | grep amdgpu' on the host; for a container, pass /dev/kfd and /dev/dri to it";

Requirement driver_bound(const Machine& machine) {
    constexpr std::string_view id = "amdgpu-driver";
    if (const auto why = why_unbound(machine, amd)) {
        return missed(id, *why, ask_the_doctor);
    }
    for (const PciDevice* device : devices_of(machine, amd.id)) {
        if (device->driver.value_or("") == amd.driver) {
            return met(id, fmt::format("{} is bound to amdgpu", describe(*device)));
        }
        if (device->driver.is_unreadable()) {
            return unknown(id, device->driver.presence(), device->driver.source());
        }
    }
    return unknown(id, "there is no AMD GPU");
}

Requirement compute_node(const Machine& machine) {
    constexpr std::string_view id = "kfd-node";
    constexpr std::string_view path = "/dev/kfd";
    const auto& nodes = machine.device_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    const DeviceNode* node = device_node(machine, path);
    return node != nullptr ? may_open(id, *node)
                           : missed(id, fmt::format("{} does not exist", path), node_hint);
}

/// Every node is readable, and none is suitable for computing. That is enough for a machine whose
/// GPUs are not suitable either.
Requirement unsuitable_gpus(std::string_view id, const Machine& machine) {
    const auto& nodes = machine.kfd_nodes;
    if (!nodes->empty() && amd_compute_devices(machine).empty()) {
        return met(id, describe(nodes->front()));
    }
    return missed(
        id,
        fmt::format("the compute driver lists no GPU {}({})",
                    nodes->empty() ? "" : "that is suitable for computing ", nodes.source()),
        ask_the_doctor);
}

Requirement listed_gpu(const Machine& machine) {
    constexpr std::string_view id = "kfd-gpu";
    const auto& nodes = machine.kfd_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    if (const auto listed = amd_compute_nodes(machine); !listed.empty()) {
        return met(id, describe(*listed.front()));
    }
    if (hides_every_kfd_node(machine)) {
        return missed(
            id, fmt::format("{}: none of the {} GPUs can be read", nodes.source(), nodes->size()),
            ask_the_doctor);
    }
    return are_kfd_nodes_readable(machine)
               ? unsuitable_gpus(id, machine)
               : unknown(id, fmt::format("{} has a GPU that cannot be read", nodes.source()));
}

bool is_render_node_of_amd(const Machine& machine, const DrmNode& drm) {
    const auto devices = devices_of(machine, amd.id);
    return is_render_node(drm) && std::ranges::any_of(devices, [&](const PciDevice* device) {
               return drm.pci_address.value_or("") == device->address;
           });
}

Requirement may_open(std::string_view id, const DrmNode& drm) {
    if (drm.node) {
        return may_open(id, *drm.node);
    }
    return drm.node.is_unreadable()
               ? unknown(id, drm.node.presence(), drm.node.source())
               : missed(id, fmt::format("{} does not exist", drm.node.source()), node_hint);
}

Requirement render_node(const Machine& machine) {
    constexpr std::string_view id = "render-node";
    const auto& nodes = machine.drm_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    if (const auto& dev = machine.device_nodes; !dev) {
        return unknown(id, dev.presence(), dev.source());
    }
    std::vector<Requirement> found;
    for (const DrmNode& drm : *nodes) {
        if (is_render_node_of_amd(machine, drm)) {
            found.push_back(may_open(id, drm));
        }
    }
    return any_of(
        found,
        missed(id, fmt::format("no AMD GPU has a render node ({})", nodes.source()), node_hint));
}

}  // namespace

std::vector<Requirement> rocm_requirements(const Machine& machine) {
    return {device_present(machine, "amd-gpu", amd), driver_bound(machine), compute_node(machine),
            listed_gpu(machine), render_node(machine)};
}

}  // namespace trilby
