// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of machines with several NVIDIA cards: how the cards reach each other.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

bool has_cuda_answered(const Machine& machine) {
    const Runtime* cuda = runtime(machine, "cuda");
    return cuda != nullptr && cuda->state == RuntimeState::answered;
}

bool has_nvswitch(const Machine& machine) {
    return !machine.environment.nvswitches.value_or({}).empty();
}

Evidence no_fabric_manager(const Facts& facts) {
    const auto& switches = facts.machine.environment.nvswitches;
    const bool may_need_it = has_nvswitch(facts.machine) && is_on_host(facts.machine) &&
                             !working_nvidia_cards(facts.machine).empty() &&
                             !has_cuda_answered(facts.machine);
    if (!may_need_it || !facts.lacks_file(watched::files.fabric_manager_state)) {
        return std::nullopt;
    }
    const std::string count =
        fmt::format("{}: {} NVSwitch devices", switches.source(), switches->size());
    if (facts.lacks_file(watched::files.fabric_manager)) {
        return Evidence({count, fmt::format("{} does not exist", watched::files.fabric_manager)});
    }
    return facts.has_file(watched::files.fabric_manager)
               ? Evidence({count, fmt::format("{} was not started: {} does not exist",
                                              watched::files.fabric_manager,
                                              watched::files.fabric_manager_state)})
               : std::nullopt;
}

/// Programs train on cards of the same model. NVSwitch connects cards without the IOMMU.
Evidence translated_addresses(const Facts& facts) {
    const auto gpus = facts.machine.nvidia_gpus.value_or({});
    if (is_peer_to_peer_off(facts) || has_nvswitch(facts.machine)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const NvidiaGpu& gpu : gpus) {
        const bool has_twin = std::ranges::any_of(gpus, [&](const NvidiaGpu& other) {
            return &other != &gpu && other.model.value_or("") == gpu.model.value_or("");
        });
        if (gpu.model && has_twin && is_translated(gpu.iommu_domain)) {
            lines.push_back(quote(gpu.iommu_domain));
        }
    }
    return found_if_any(std::move(lines));
}

constexpr std::array nvidia_topology_table{
    Condition{.id = "TRL-N052",
              .severity = Severity::blocks,
              .place = Place::host,
              .reads = {watched::files.fabric_manager, watched::files.fabric_manager_state},
              .find = no_fabric_manager},
    Condition{.id = "TRL-N053",
              .severity = Severity::hint,
              .place = Place::host,
              .reads = {watched::variables.nccl_p2p_disable},
              .find = translated_addresses},
};

}  // namespace

std::span<const Condition> nvidia_topology_conditions() {
    return nvidia_topology_table;
}

}  // namespace trilby::doctor
