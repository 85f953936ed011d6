// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/devices.hpp"
#include "machine/pci_vendors.hpp"
#include "selection/device_requirements.hpp"

namespace trilby::selection {
namespace {

constexpr const char* container_hint =
    "check 'dmesg | grep amdgpu' on the host; for a container, pass /dev/kfd and /dev/dri to it";

Requirement gpu_present(const Facts& facts) {
    return device_present(facts, "amd-gpu", pci_vendor::amd);
}

Requirement driver_bound(const Facts& facts) {
    constexpr std::string_view id = "amdgpu-driver";
    const auto devices = devices_of(facts.machine, pci_vendor::amd);
    if (devices.empty()) {
        return unknown(id, "there is no AMD GPU");
    }
    const auto bound = std::ranges::find_if(
        devices, [](const PciDevice* device) { return device->driver.value_or("") == "amdgpu"; });
    if (bound != devices.end()) {
        return met(id, fmt::format("{} is bound to amdgpu", describe(**bound)));
    }
    const PciDevice& device = *devices.front();
    if (device.driver.presence() != Presence::present &&
        device.driver.presence() != Presence::absent) {
        return unknown(id, device.driver.presence(), device.driver.source());
    }
    const std::string found = device.driver ? fmt::format("to {}", printable(*device.driver, 64))
                                            : std::string("to no driver");
    return missed(id,
                  fmt::format("{} is bound {} instead of amdgpu ({})", describe(device), found,
                              device.driver.source()),
                  "a GPU older than GCN 3 cannot run ROCm; for a newer one see 'dmesg | grep "
                  "amdgpu'");
}

Requirement compute_node(const Facts& facts) {
    return node_usable(facts, "kfd-node", "/dev/kfd", container_hint);
}

bool is_render_node_of_amd(const Machine& machine, const DrmNode& drm) {
    const auto devices = devices_of(machine, pci_vendor::amd);
    return is_render_node(drm) && std::ranges::any_of(devices, [&](const PciDevice* device) {
               return drm.pci_address.value_or("") == device->address;
           });
}

Requirement render_node(const Facts& facts) {
    constexpr std::string_view id = "render-node";
    const auto& nodes = facts.machine.drm_nodes;
    if (!nodes) {
        return unknown(id, nodes.presence(), nodes.source());
    }
    if (const auto& dev = facts.machine.device_nodes; !dev) {
        return unknown(id, dev.presence(), dev.source());
    }
    std::optional<Requirement> first;
    for (const DrmNode& drm : *nodes) {
        if (!is_render_node_of_amd(facts.machine, drm)) {
            continue;
        }
        Requirement found =
            drm.node
                ? may_open(id, *drm.node)
                : missed(id, fmt::format("{} does not exist", drm.node.source()), container_hint);
        if (found.answer != Answer::missed) {
            return found;
        }
        first = first ? first : found;
    }
    return first ? *first
                 : missed(id, fmt::format("no AMD GPU has a render node ({})", nodes.source()),
                          container_hint);
}

std::vector<std::string> gpus_of(const Machine& machine) {
    std::vector<std::string> gpus;
    if (machine.kfd_nodes) {
        for (const KfdNode& node : *machine.kfd_nodes) {
            if (node.gfx_target) {
                gpus.push_back(*node.gfx_target);
            }
        }
    }
    return gpus;
}

Requirement has_gpu_code(const Facts& facts) {
    return module_has_code(facts, gpus_of(facts.machine));
}

constexpr std::array<Check, 7> checks{gpu_present,         driver_bound, compute_node, render_node,
                                      module_is_installed, module_fits,  has_gpu_code};

}  // namespace

std::span<const Check> rocm_checks() {
    return checks;
}

}  // namespace trilby::selection
