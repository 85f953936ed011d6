// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/amd_facts.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "doctor/container_facts.hpp"
#include <trilby/gpu_target.hpp>

namespace trilby::doctor {
namespace {

using Targets = std::string_view;

struct IdRange {
    std::uint16_t first;
    std::uint16_t last;
};
/// Vega 20, Vega 10, Vega 12, and all cards from Navi 10 and MI100 on. RX Vega M and what came
/// before lie elsewhere.
constexpr std::array card_ids{IdRange{0x66a0, 0x66af}, IdRange{0x6860, 0x687f},
                              IdRange{0x69a0, 0x69af}, IdRange{0x7310, 0x77ff}};
/// Krackan, Strix Point, Strix Halo, Phoenix and Hawk Point.
constexpr std::array<std::uint16_t, 7> apu_ids{0x1114, 0x150e, 0x1586, 0x15bf,
                                               0x15c8, 0x1900, 0x1901};

constexpr Targets small_targets = "gfx902 gfx909 gfx90c gfx1033 gfx1035 gfx1036 gfx1037";
constexpr Targets large_apu_targets = "gfx1103 gfx1150 gfx1151 gfx1152 gfx1153";
constexpr Targets supported_targets =
    "gfx908 gfx90a gfx942 gfx950 gfx1030 gfx1100 gfx1101 gfx1102 gfx1150 gfx1151 gfx1152 gfx1200 "
    "gfx1201";

bool is_in(Targets targets, std::string_view target) {
    const auto words = split_words(targets);
    return std::ranges::find(words, target) != words.end();
}

bool is_card_for_computing(const PciDevice& device) {
    const std::uint16_t id = device.device_id.value_or(0);
    return std::ranges::any_of(
        card_ids, [&](IdRange range) { return range.first <= id && id <= range.last; });
}

bool is_large_apu(const PciDevice& device) {
    return std::ranges::find(apu_ids, device.device_id.value_or(0)) != apu_ids.end();
}

/// Kernels before 5.14 do not tell the target: then a card is known by its size.
bool is_for_computing(const KfdNode& node) {
    constexpr std::uint32_t least_compute_units = 20;
    if (node.gfx_target.presence() == Presence::absent) {
        return node.compute_units.value_or(0) >= least_compute_units;
    }
    return node.gfx_target && !is_old(node) && !is_small(node);
}

}  // namespace

bool computes_elsewhere(const Machine& machine) {
    return has_bound_device(machine, nvidia, "nvidia");
}

Severity amd_severity(const Facts& facts) {
    if (!is_meant_to_compute(facts, amd)) {
        return Severity::hint;
    }
    return computes_elsewhere(facts.machine) ? Severity::degrades : Severity::blocks;
}

std::vector<const PciDevice*> computing_devices(const Machine& machine) {
    const bool are_apus_wanted = !computes_elsewhere(machine);
    auto devices = devices_of(machine, amd);
    std::erase_if(devices, [&](const PciDevice* device) {
        return !is_card_for_computing(*device) && !(are_apus_wanted && is_large_apu(*device));
    });
    return devices;
}

std::vector<const KfdNode*> computing_nodes(const Machine& machine) {
    std::vector<const KfdNode*> nodes;
    const bool are_apus_wanted = !computes_elsewhere(machine);
    if (machine.kfd_nodes) {
        for (const KfdNode& node : *machine.kfd_nodes) {
            if (is_for_computing(node) && (are_apus_wanted || !is_apu(node))) {
                nodes.push_back(&node);
            }
        }
    }
    return nodes;
}

std::vector<const KfdNode*> computing_cards(const Machine& machine) {
    auto nodes = computing_nodes(machine);
    std::erase_if(nodes, [](const KfdNode* node) { return is_apu(*node); });
    return nodes;
}

bool computes(const Machine& machine) {
    return computes_elsewhere(machine) || !computing_nodes(machine).empty();
}

bool is_small(const KfdNode& node) {
    return node.gfx_target && is_in(small_targets, *node.gfx_target);
}

bool is_apu(const KfdNode& node) {
    return is_small(node) || (node.gfx_target && is_in(large_apu_targets, *node.gfx_target));
}

bool is_old(const KfdNode& node) {
    constexpr std::size_t one_digit_generation = std::string_view("gfx803").size();
    return node.gfx_target && node.gfx_target->size() == one_digit_generation &&
           (*node.gfx_target)[3] < '9';
}

bool is_supported_by_rocm(std::string_view target) {
    return is_in(supported_targets, target);
}

bool are_nodes_readable(const Machine& machine) {
    return machine.kfd_nodes && std::ranges::all_of(*machine.kfd_nodes, [](const KfdNode& node) {
               return node.pci_address.has_value();
           });
}

std::size_t count_cards(const std::vector<const KfdNode*>& nodes) {
    std::set<std::string> addresses;
    for (const KfdNode* node : nodes) {
        if (node->pci_address) {
            addresses.insert(*node->pci_address);
        }
    }
    return addresses.size();
}

const AmdGpu* gpu_at(const Machine& machine, std::string_view address) {
    if (!machine.amd_gpus) {
        return nullptr;
    }
    const auto gpu = std::ranges::find(*machine.amd_gpus, address, &AmdGpu::pci_address);
    return gpu == machine.amd_gpus->end() ? nullptr : &*gpu;
}

const AmdGpu* gpu_of(const Machine& machine, const KfdNode& node) {
    return node.pci_address ? gpu_at(machine, *node.pci_address) : nullptr;
}

std::vector<std::string> lines_of(const std::vector<const PciDevice*>& devices) {
    std::vector<std::string> lines;
    for (const PciDevice* device : devices) {
        lines.push_back(fmt::format("{} is bound to {} ({})", describe(*device),
                                    printable(device->driver.value_or("no driver"), 64),
                                    printable(device->driver.source(), 256)));
    }
    return lines;
}

std::string describe(const KfdNode& node) {
    return fmt::format("{} at {} ({})", printable(node.gfx_target.value_or("GPU"), 32),
                       printable(node.pci_address.value_or("an unknown address"), 64),
                       printable(node.gfx_target.source(), 256));
}

std::vector<const LibTorch*> rocm_builds(const Machine& machine) {
    std::vector<const LibTorch*> builds;
    if (machine.libtorch) {
        for (const LibTorch& libtorch : *machine.libtorch) {
            if (libtorch.flavour.value_or("") == "rocm") {
                builds.push_back(&libtorch);
            }
        }
    }
    return builds;
}

bool is_from_distribution(const LibTorch& libtorch) {
    return libtorch.folder.starts_with("/usr/lib64/") || libtorch.folder.starts_with("/usr/lib/");
}

bool has_code_for(const LibTorch& libtorch, std::string_view target) {
    return libtorch.gpu_targets &&
           std::ranges::any_of(*libtorch.gpu_targets, [&](const std::string& code) {
               return target_runs_on(code, target);
           });
}

bool has_no_code_for(const LibTorch& libtorch, std::string_view target) {
    return libtorch.gpu_targets && !libtorch.gpu_targets->empty() &&
           !has_code_for(libtorch, target);
}

std::string target_of_version(std::string_view version) {
    std::array<std::uint32_t, 3> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t end = std::min(version.find('.'), version.size());
        const auto part = parse_number<std::uint32_t>(version.substr(0, end));
        const bool is_last = i + 1 == parts.size();
        if (!part || *part > (i == 0 ? 99U : 0xfU) || is_last != (end == version.size())) {
            return {};
        }
        parts[i] = *part;
        version.remove_prefix(std::min(end + 1, version.size()));
    }
    return fmt::format("gfx{}{:x}{:x}", parts[0], parts[1], parts[2]);
}

}  // namespace trilby::doctor
