// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of the PCI bus that keep any card from being used.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/devices.hpp"
#include "machine/find.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby::doctor {
namespace {

/// Every GPU of these vendors has windows into its memory. A driver that is bound has checked them.
bool lacks_windows(const PciDevice& device) {
    const std::uint16_t vendor = device.vendor_id.value_or(0);
    const bool is_card = vendor == pci_vendor::nvidia || vendor == pci_vendor::amd;
    const bool is_unbound = device.driver.presence() == Presence::absent;
    return is_card && is_unbound && !is_set_aside(device) &&
           (device.has_unassigned_bar.value_or(false) || device.largest_bar_bytes.value_or(1) == 0);
}

std::vector<const PciDevice*> cards_without_windows(const Machine& machine) {
    return find_all(machine.pci_devices, lacks_windows);
}

Evidence unassigned_windows(const Facts& facts) {
    std::vector<std::string> lines;
    for (const PciDevice* device : cards_without_windows(facts.machine)) {
        lines.push_back(fmt::format("a memory window of {} has no address ({})", describe(*device),
                                    printable(device->has_unassigned_bar.source(), 256)));
    }
    return found_if_any(std::move(lines));
}

Severity severity_of_windows(const Facts& facts) {
    const auto cards = cards_without_windows(facts.machine);
    const bool is_of_nvidia = std::ranges::any_of(cards, [](const PciDevice* card) {
        return card->vendor_id.value_or(0) == pci_vendor::nvidia;
    });
    return is_of_nvidia ? nvidia_severity(facts) : amd_card_severity(facts);
}

constexpr std::array pci_table{
    Condition{.id = "TRL-G040",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = severity_of_windows,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = unassigned_windows},
};

}  // namespace

std::span<const Condition> pci_conditions() {
    return pci_table;
}

}  // namespace trilby::doctor
