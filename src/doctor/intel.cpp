// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of Intel's graphics cards.

#include <algorithm>
#include <array>
#include <fmt/ranges.h>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby::doctor {
namespace {

std::vector<DeviceNode> render_nodes_of_cards(const Machine& machine) {
    const auto cards = devices_of(machine, pci_vendor::intel);
    std::vector<DeviceNode> found;
    for (const DrmNode& drm : machine.drm_nodes.value_or({})) {
        const bool is_of_card = std::ranges::any_of(cards, [&](const PciDevice* device) {
            return is_intel_card(*device) && drm.pci_address.value_or("") == device->address;
        });
        if (is_of_card && is_render_node(drm) && drm.node) {
            found.push_back(*drm.node);
        }
    }
    return found;
}

/// One card that can be opened is enough.
Evidence no_permission(const Facts& facts) {
    const auto nodes = render_nodes_of_cards(facts.machine);
    if (!std::ranges::all_of(nodes, is_closed_by_its_mode)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const DeviceNode& node : nodes) {
        lines.push_back(describe_closed(node));
    }
    const auto& groups = facts.machine.environment.groups;
    if (!lines.empty() && groups) {
        lines.push_back(fmt::format("groups of this process: {}", fmt::join(*groups, " ")));
    }
    return found_if_any(std::move(lines));
}

Severity intel_severity(const Facts& facts) {
    return has_compute_gpu(facts.machine) ? Severity::hint : Severity::degrades;
}

constexpr std::array intel_table{
    Condition{.id = "TRL-I001",
              .severity = Severity::degrades,
              .place = Place::host,
              .weigh = intel_severity,
              .find = no_permission},
};

}  // namespace

std::span<const Condition> intel_conditions() {
    return intel_table;
}

}  // namespace trilby::doctor
