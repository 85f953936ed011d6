// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/device_kind.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <optional>

#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "validate/cards.hpp"

namespace trilby::validate {
namespace {

std::size_t mig_instances(const Machine& machine, std::string_view address) {
    std::size_t count = 0;
    for (const NvidiaGpu& gpu : machine.nvidia_gpus.value_or({})) {
        if (gpu.pci_address == address) {
            for (const MigInstance& instance : gpu.mig_instances.value_or({})) {
                count += instance.compute_instances.size();
            }
        }
    }
    return count;
}

std::size_t partitions(const Machine& machine, std::string_view address) {
    const std::vector<KfdNode> nodes = machine.kfd_nodes.value_or({});
    return static_cast<std::size_t>(std::ranges::count_if(nodes, [&](const KfdNode& node) {
        return node.pci_address.value_or("") == address && node.partition.has_value();
    }));
}

bool is_virtual_function(const Machine& machine, std::string_view address) {
    const std::vector<PciDevice> devices = machine.pci_devices.value_or({});
    return std::ranges::any_of(devices, [&](const PciDevice& device) {
        return device.address == address && device.physical_function.has_value();
    });
}

/// The driver of a card with virtual functions serves the virtual machines, not programs.
bool is_for_programs(const PciDevice& card) {
    return !is_set_aside(card) && card.virtual_functions.value_or(0) == 0;
}

/// Old cards and small APUs only show pictures.
bool can_compute(const Machine& machine, const PciDevice& card) {
    const std::uint16_t vendor = card.vendor_id.value_or(0);
    if (vendor == pci_vendor::amd) {
        const auto computing = amd_compute_devices(machine);
        return std::ranges::find(computing, &card) != computing.end();
    }
    return vendor != pci_vendor::nvidia || !is_too_old_for_cuda(card);
}

std::optional<UnseenCard> unseen(const Machine& machine, const PciDevice& card, std::size_t seen) {
    const std::string& address = card.address;
    if (const std::size_t parts = mig_instances(machine, address); seen < parts) {
        return UnseenCard{
            address, fmt::format("{} of its {} MIG instances validated", seen, parts),
            "unset CUDA_VISIBLE_DEVICES, or give it the UUIDs of 'nvidia-smi -L' instead of "
            "numbers; 'trilby doctor --runtimes' shows whether NVML answers"};
    }
    if (const std::size_t parts = partitions(machine, address); seen < parts) {
        return UnseenCard{address, fmt::format("{} of its {} partitions validated", seen, parts),
                          "unset HIP_VISIBLE_DEVICES and ROCR_VISIBLE_DEVICES"};
    }
    if (seen == 0 && can_compute(machine, card)) {
        return UnseenCard{address, "the backend does not show this card",
                          "'trilby doctor --runtimes' shows why; variables such as "
                          "CUDA_VISIBLE_DEVICES hide cards, too"};
    }
    return std::nullopt;
}

}  // namespace

std::string_view device_kind_text(DeviceKind kind) {
    switch (kind) {
        case DeviceKind::cpu:
            return "CPU";
        case DeviceKind::card:
            return "card";
        case DeviceKind::mig_instance:
            return "MIG instance";
        case DeviceKind::partition:
            return "partition";
        case DeviceKind::virtual_function:
            return "virtual function";
    }
    return {};
}

DeviceKind device_kind(const Machine& machine, const Subject& subject) {
    const std::string& address = subject.pci_address;
    if (address.empty()) {
        return subject.backend == "cpu" ? DeviceKind::cpu : DeviceKind::card;
    }
    // The names also tell where a container hides the driver's folders.
    if (mig_instances(machine, address) > 0 || subject.device_name.contains(" MIG ") ||
        subject.uuid.starts_with("MIG-")) {
        return DeviceKind::mig_instance;
    }
    if (partitions(machine, address) > 0) {
        return DeviceKind::partition;
    }
    return is_virtual_function(machine, address) ? DeviceKind::virtual_function : DeviceKind::card;
}

bool shares_its_card(const Machine& machine, const Subject& subject) {
    const DeviceKind kind = device_kind(machine, subject);
    return kind == DeviceKind::mig_instance || kind == DeviceKind::partition;
}

std::vector<UnseenCard> unseen_cards(const Machine& machine, std::string_view backend,
                                     const std::vector<Subject>& subjects) {
    std::vector<UnseenCard> out;
    for (const PciDevice* card : cards_of(machine)) {
        if (backend_of(*card) != backend || !is_for_programs(*card)) {
            continue;
        }
        const auto seen = static_cast<std::size_t>(
            std::ranges::count(subjects, card->address, &Subject::pci_address));
        if (auto found = unseen(machine, *card, seen)) {
            out.push_back(std::move(*found));
        }
    }
    return out;
}

}  // namespace trilby::validate
