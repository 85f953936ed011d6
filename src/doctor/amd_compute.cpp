// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of AMD's compute driver (KFD): GPUs that it skips, and failures while computing.

#include <algorithm>
#include <array>
#include <set>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

/// Cards bound to amdgpu that the compute driver does not list. Empty if a node cannot be read,
/// because it may be any card.
std::vector<const PciDevice*> unlisted_devices(const Machine& machine) {
    if (!are_kfd_nodes_readable(machine)) {
        return {};
    }
    std::set<std::string> listed;
    for (const KfdNode& node : *machine.kfd_nodes) {
        listed.insert(*node.pci_address);
    }
    auto devices = amd_compute_devices(machine);
    std::erase_if(devices, [&](const PciDevice* device) {
        return device->driver.value_or("") != "amdgpu" || listed.contains(device->address);
    });
    return devices;
}

/// The first compute engine firmware that works without PCI atomics, according to the driver; 0 if
/// the driver does not need atomics.
std::uint32_t firmware_without_atomics(std::string_view graphics_version) {
    struct Rule {
        std::string_view from;
        std::uint32_t firmware;
    };
    constexpr std::array rules{Rule{"13.0.0", 0},  Rule{"12.0.0", 2090}, Rule{"11.0.0", 509},
                               Rule{"10.3.8", 92}, Rule{"10.3.7", 3},    Rule{"10.3.6", 14},
                               Rule{"10.3.0", 92}, Rule{"10.1.1", 145}};
    const auto* rule = std::ranges::find_if(
        rules, [&](const Rule& one) { return compare_versions(graphics_version, one.from) >= 0; });
    return rule == rules.end() ? 0 : rule->firmware;
}

bool needs_atomics(const AmdGpu* gpu) {
    return gpu != nullptr && gpu->graphics_version && gpu->compute_firmware &&
           *gpu->compute_firmware < firmware_without_atomics(*gpu->graphics_version);
}

Evidence no_atomics(const Facts& facts) {
    std::vector<std::string> lines;
    for (const PciDevice* device : unlisted_devices(facts.machine)) {
        const AmdGpu* gpu = amd_gpu_at(facts.machine, device->address);
        if (needs_atomics(gpu)) {
            lines.push_back(fmt::format(
                "{} is not in {}; {}, and {} is the first that works without atomics",
                describe(*device), facts.machine.kfd_nodes.source(), quote(gpu->compute_firmware),
                firmware_without_atomics(*gpu->graphics_version)));
        }
    }
    return found_if_any(std::move(lines));
}

Evidence left_out(const Facts& facts) {
    std::vector<std::string> lines;
    for (const PciDevice* device : unlisted_devices(facts.machine)) {
        if (!needs_atomics(amd_gpu_at(facts.machine, device->address))) {
            lines.push_back(fmt::format("{} is bound to amdgpu, but not in {}", describe(*device),
                                        facts.machine.kfd_nodes.source()));
        }
    }
    return found_if_any(std::move(lines));
}

Evidence too_old(const Facts& facts) {
    std::vector<std::string> lines;
    if (facts.machine.kfd_nodes && !has_compute_gpu(facts.machine)) {
        for (const KfdNode& node : *facts.machine.kfd_nodes) {
            if (is_too_old_for_rocm(node)) {
                lines.push_back(describe(node));
            }
        }
    }
    return found_if_any(std::move(lines));
}

Evidence no_rocm_for_this_cpu(const Facts& facts) {
    const auto& architecture = facts.machine.cpu.architecture;
    const bool is_other = architecture && *architecture != "x86_64";
    auto devices = amd_compute_devices(facts.machine);
    if (!is_other || devices.empty() || !is_fedora_based(facts)) {
        return std::nullopt;
    }
    auto lines = driver_lines(devices);
    lines.insert(lines.begin(), quote(architecture));
    return lines;
}

/// The compute nodes with this target.
std::vector<const KfdNode*> nodes_of(const Machine& machine, std::string_view target) {
    auto nodes = amd_compute_nodes(machine);
    std::erase_if(nodes,
                  [&](const KfdNode* node) { return node->gfx_target.value_or("") != target; });
    return nodes;
}

Evidence bad_scheduler_firmware(const Facts& facts) {
    constexpr std::uint32_t withdrawn = 0x83;
    std::vector<std::string> lines;
    for (const char* target : {"gfx1150", "gfx1151"}) {
        for (const KfdNode* node : nodes_of(facts.machine, target)) {
            const AmdGpu* gpu = amd_gpu_of(facts.machine, *node);
            if (gpu != nullptr && gpu->scheduler_firmware.value_or(0) == withdrawn) {
                lines.push_back(fmt::format("{}: 0x{:x}, on {}",
                                            printable(gpu->scheduler_firmware.source(), 256),
                                            withdrawn, *node->gfx_target));
            }
        }
    }
    return found_if_any(std::move(lines));
}

/// Kernels of other distributions and AMD's own module may have the fix under a lower number.
Evidence old_kernel(const Facts& facts) {
    constexpr std::string_view first_good = "6.18.4";
    const auto& release = facts.machine.os.kernel_release;
    const KernelDriver* driver = loaded_driver(facts.machine, "amdgpu");
    const bool is_in_tree = driver == nullptr || !driver->version;
    const bool is_old = release && release->find(".fc") != std::string::npos &&
                        compare_versions(*release, first_good) < 0;
    const auto nodes = nodes_of(facts.machine, "gfx1151");
    return is_old && is_in_tree && !nodes.empty()
               ? Evidence({quote(release), describe(*nodes.front())})
               : std::nullopt;
}

Evidence was_reset(const Facts& facts) {
    std::vector<std::string> lines;
    for (const PciDevice* device : amd_compute_devices(facts.machine)) {
        const AmdGpu* gpu = amd_gpu_at(facts.machine, device->address);
        if (gpu != nullptr && gpu->has_crash_dump.value_or(false)) {
            lines.push_back(fmt::format("{} exists", printable(gpu->has_crash_dump.source(), 256)));
        }
    }
    return found_if_any(std::move(lines));
}

Evidence translated_addresses(const Facts& facts) {
    const auto nodes = amd_compute_cards(facts.machine);
    if (count_cards(nodes) < 2 || is_peer_to_peer_off(facts)) {
        return std::nullopt;
    }
    std::set<std::string> lines;
    for (const KfdNode* node : nodes) {
        const AmdGpu* gpu = amd_gpu_of(facts.machine, *node);
        if (gpu != nullptr && is_translated(gpu->iommu_domain)) {
            lines.insert(quote(gpu->iommu_domain));
        }
    }
    return found_if_any({lines.begin(), lines.end()});
}

Evidence peers_that_hang(const Facts& facts) {
    const auto nodes = nodes_of(facts.machine, "gfx1201");
    if (count_cards(nodes) < 2 || is_peer_to_peer_off(facts)) {
        return std::nullopt;
    }
    std::vector<std::string> lines;
    for (const KfdNode* node : nodes) {
        lines.push_back(describe(*node));
    }
    return found_if_any(std::move(lines));
}

constexpr std::array amd_compute_table{
    Condition{.id = "TRL-A006",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .find = no_atomics},
    Condition{.id = "TRL-A007",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = amd_card_severity,
              .find = left_out},
    Condition{.id = "TRL-A008", .severity = Severity::hint, .find = too_old},
    Condition{.id = "TRL-A048", .severity = Severity::degrades, .find = no_rocm_for_this_cpu},
    Condition{.id = "TRL-A011",
              .severity = Severity::degrades,
              .place = Place::host,
              .find = bad_scheduler_firmware},
    Condition{
        .id = "TRL-A013", .severity = Severity::degrades, .place = Place::host, .find = old_kernel},
    Condition{
        .id = "TRL-A019", .severity = Severity::degrades, .place = Place::host, .find = was_reset},
    Condition{.id = "TRL-A020",
              .severity = Severity::degrades,
              .place = Place::host,
              .reads = {watched::variables.nccl_p2p_disable},
              .find = translated_addresses},
    Condition{.id = "TRL-A021",
              .severity = Severity::hint,
              .reads = {watched::variables.nccl_p2p_disable},
              .find = peers_that_hang},
};

}  // namespace

std::span<const Condition> amd_compute_conditions() {
    return amd_compute_table;
}

}  // namespace trilby::doctor
