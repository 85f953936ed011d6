// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA cards that miss a requirement of CUDA although their driver seems to be in order.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/requirements.hpp"

namespace trilby::doctor {
namespace {

std::vector<std::string> missed_by(const Facts& facts) {
    return obstacles(cuda_requirements(facts.machine));
}

bool may_compute(const PciDevice* device) {
    return !is_set_aside(*device) && !is_too_old_for_cuda(*device);
}

Evidence unknown_reason(const Facts& facts) {
    const auto devices = devices_of(facts.machine, pci_vendor::nvidia);
    return std::ranges::any_of(devices, may_compute) ? found_if_any(missed_by(facts))
                                                     : std::nullopt;
}

Evidence too_old(const Facts& facts) {
    const auto devices = devices_of(facts.machine, pci_vendor::nvidia);
    const bool are_all_old = std::ranges::all_of(
        devices, [](const PciDevice* device) { return is_too_old_for_cuda(*device); });
    return are_all_old ? found_if_any(driver_lines(devices)) : std::nullopt;
}

bool is_of_nvidia(const DeviceNode& node) {
    return node.path.starts_with("/dev/nvidia") && !node.path.starts_with("/dev/nvidia-caps");
}

Evidence closed_nodes(const Facts& facts) {
    std::vector<std::string> lines;
    for (const DeviceNode& node : facts.machine.device_nodes.value_or({})) {
        if (is_of_nvidia(node) && is_closed_by_its_mode(node)) {
            lines.push_back(describe_closed(node));
        }
    }
    return missed_by(facts).empty() ? std::nullopt : found_if_any(std::move(lines));
}

bool has_nodes(const Machine& machine) {
    return !is_node_missing(machine, "/dev/nvidiactl") &&
           std::ranges::any_of(*machine.device_nodes, is_nvidia_card_node);
}

/// A program that looks at the card usually creates them.
Evidence missing_nodes(const Facts& facts) {
    const Machine& machine = facts.machine;
    if (!machine.device_nodes || is_in_container(machine) || !has_working_nvidia_device(machine) ||
        has_nodes(machine) || can_create_nvidia_nodes(machine)) {
        return std::nullopt;
    }
    return Evidence(
        {fmt::format("{} lacks nvidiactl or nvidia0", machine.device_nodes.source()),
         fmt::format("{}, which would create them, does not exist", nvidia_node_maker)});
}

constexpr std::array nvidia_unusable_table{
    Condition{.id = "TRL-N061",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = closed_nodes},
    Condition{.id = "TRL-N063",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = missing_nodes},
    Condition{.id = "TRL-N062", .severity = Severity::hint, .find = too_old},
    Condition{.id = "TRL-N060",
              .severity = Severity::blocks,
              .place = Place::host,
              .is_fallback = true,
              .weigh = nvidia_severity,
              .causes = {"TRL-G040"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = unknown_reason},
};

}  // namespace

std::span<const Condition> nvidia_unusable_conditions() {
    return nvidia_unusable_table;
}

}  // namespace trilby::doctor
