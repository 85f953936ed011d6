// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/amd.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/watched.hpp"

namespace trilby {
namespace {

using Targets = std::string_view;

struct IdRange {
    std::uint16_t first;
    std::uint16_t last;
};
/// Vega 20, Vega 10, Vega 12, and all cards from Navi 10 and MI100 on. RX Vega M and older cards
/// have other numbers.
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

/// "gfx1100" or "gfx11-generic" in the name of a file; empty if there is none.
std::string_view target_in(std::string_view name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    constexpr std::string_view generic = "-generic";
    const std::size_t start = name.find("gfx");
    if (start == std::string_view::npos) {
        return {};
    }
    name.remove_prefix(start);
    name = name.substr(0, name.find_first_not_of(letters));
    const std::size_t end = name.find(generic);
    return end != std::string_view::npos ? name.substr(0, end + generic.size())
                                         : name.substr(0, name.find('-'));
}

/// Kernels before 5.14 do not report the target, so a card is recognized by its size.
bool is_for_computing(const KfdNode& node) {
    constexpr std::uint32_t min_compute_units = 20;
    if (node.gfx_target.presence() == Presence::absent) {
        return node.compute_units.value_or(0) >= min_compute_units;
    }
    return node.gfx_target && !is_too_old_for_rocm(node) && !is_small_apu(node);
}

}  // namespace

std::vector<const PciDevice*> amd_compute_devices(const Machine& machine) {
    const bool are_apus_wanted = !has_working_nvidia_device(machine);
    auto devices = devices_of(machine, pci_vendor::amd);
    std::erase_if(devices, [&](const PciDevice* device) {
        return !is_card_for_computing(*device) && !(are_apus_wanted && is_large_apu(*device));
    });
    return devices;
}

std::vector<const KfdNode*> amd_compute_nodes(const Machine& machine) {
    const bool are_apus_wanted = !has_working_nvidia_device(machine);
    return find_all(machine.kfd_nodes, [&](const KfdNode& node) {
        return is_for_computing(node) && (are_apus_wanted || !is_apu(node));
    });
}

std::vector<const KfdNode*> amd_compute_cards(const Machine& machine) {
    auto nodes = amd_compute_nodes(machine);
    std::erase_if(nodes, [](const KfdNode* node) { return is_apu(*node); });
    return nodes;
}

bool has_compute_gpu(const Machine& machine) {
    return has_working_nvidia_device(machine) || !amd_compute_nodes(machine).empty();
}

bool is_small_apu(const KfdNode& node) {
    return node.gfx_target && is_in(small_targets, *node.gfx_target);
}

bool is_apu(const KfdNode& node) {
    return is_small_apu(node) || (node.gfx_target && is_in(large_apu_targets, *node.gfx_target));
}

bool is_too_old_for_rocm(const KfdNode& node) {
    constexpr std::size_t one_digit_generation = std::string_view("gfx803").size();
    return node.gfx_target && node.gfx_target->size() == one_digit_generation &&
           (*node.gfx_target)[3] < '9';
}

bool is_supported_by_rocm(std::string_view target) {
    return is_in(supported_targets, target);
}

bool hides_every_kfd_node(const Machine& machine) {
    const auto& nodes = machine.kfd_nodes;
    return is_in_container(machine) && nodes && !nodes->empty() &&
           std::ranges::all_of(*nodes, [](const KfdNode& node) {
               return node.simd_count.presence() == Presence::denied;
           });
}

bool are_kfd_nodes_readable(const Machine& machine) {
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

const AmdGpu* amd_gpu_at(const Machine& machine, std::string_view address) {
    return find_named(machine.amd_gpus, address, &AmdGpu::pci_address);
}

const AmdGpu* amd_gpu_of(const Machine& machine, const KfdNode& node) {
    return node.pci_address ? amd_gpu_at(machine, *node.pci_address) : nullptr;
}

std::string describe(const KfdNode& node) {
    return fmt::format("{} at {} ({})", printable(node.gfx_target.value_or("GPU"), 32),
                       printable(node.pci_address.value_or("an unknown address"), 64),
                       printable(node.gfx_target.source(), 256));
}

std::vector<std::string> targets_in(const std::vector<std::string>& file_names) {
    std::set<std::string_view> targets;
    for (const std::string& name : file_names) {
        targets.insert(target_in(name));
    }
    targets.erase(std::string_view());
    return {targets.begin(), targets.end()};
}

std::string_view amd_build_folder(std::string_view target) {
    struct Folder {
        std::string_view name;
        Targets targets;
    };
    constexpr std::array folders{
        Folder{"gfx103X-all", "gfx1030 gfx1031 gfx1032 gfx1034 gfx1035 gfx1036"},
        Folder{"gfx110X-all", "gfx1100 gfx1101 gfx1102 gfx1103"},
        Folder{"gfx120X-all", "gfx1200 gfx1201"}, Folder{"gfx94X-dcgpu", "gfx942"},
        Folder{"gfx950-dcgpu", "gfx950"}};
    constexpr Targets own_folders = "gfx908 gfx90a gfx1150 gfx1151 gfx1152 gfx1153";
    const auto* shared = std::ranges::find_if(
        folders, [&](const Folder& folder) { return is_in(folder.targets, target); });
    if (shared != folders.end()) {
        return shared->name;
    }
    return is_in(own_folders, target) ? target : std::string_view();
}

std::string override_variable(std::uint32_t node) {
    return fmt::format("{}_{}", watched::variables.hsa_override_gfx_version, node);
}

Observed<std::string> target_override(const Machine& machine, const KfdNode& node) {
    auto own = variable(machine, override_variable(node.number));
    return own.presence() != Presence::absent
               ? own
               : variable(machine, watched::variables.hsa_override_gfx_version);
}

std::string gfx_target_of_version(std::string_view version) {
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

}  // namespace trilby
