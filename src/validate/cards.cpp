// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/cards.hpp"

#include <algorithm>
#include <future>

#include "base/backends.hpp"
#include "machine/devices.hpp"
#include "machine/find.hpp"
#include "machine/pci_vendors.hpp"
#include "validate/vendor_telemetry.hpp"

namespace trilby::validate {
namespace {

bool is_accelerator(const PciDevice& device) {
    constexpr std::uint32_t accelerator_class = 0x12;
    return device.class_code.value_or(0) >> 16 == accelerator_class;
}

/// Empty if it is not a vendor of GPUs that compute.
std::string_view vendor_of(const PciDevice& device) {
    return pci_vendor::gpu_vendor_name(device.vendor_id.value_or(0));
}

bool is_card(const PciDevice& device) {
    return is_known_to_compute(device) && (!vendor_of(device).empty() || is_accelerator(device)) &&
           !device.physical_function;
}

bool is_asleep(const PciDevice& card, const CardStateOptions& options) {
    return card.runtime_status.value_or("") == "suspended" && !options.awake.contains(card.address);
}

CardState read_card(const PciDevice& card, const CardStateOptions& options) {
    CardState state{.address = card.address, .backend = backend_of(card)};
    if (is_asleep(card, options)) {
        state.reading = read_sleeping_card(options.tree, card.address);
        return state;
    }
    state.reading = read_telemetry(options.tree, card.address);
    VendorTelemetry vendor({.worker_program = options.worker_program,
                            .module = options.runtimes_module,
                            .backend = std::string(backend_of(card)),
                            .pci_address = card.address,
                            .limit = options.limit,
                            .deadline = std::chrono::steady_clock::now() + options.limit});
    vendor.add_to(state.reading);
    state.facts = vendor.facts();
    return state;
}

}  // namespace

std::vector<const PciDevice*> cards_of(const Machine& machine) {
    return find_all(machine.pci_devices, is_card);
}

std::string_view backend_of(const PciDevice& card) {
    const std::string_view vendor = vendor_of(card);
    for (const BackendIdentity& backend : known_backends()) {
        if (!vendor.empty() && backend.vendor == vendor) {
            return backend.name;
        }
    }
    return {};
}

std::vector<CardState> read_cards(const std::vector<const PciDevice*>& cards,
                                  const CardStateOptions& options) {
    std::vector<std::future<CardState>> pending;
    pending.reserve(cards.size());
    for (const PciDevice* card : cards) {
        pending.push_back(
            std::async(std::launch::async, [card, &options] { return read_card(*card, options); }));
    }
    std::vector<CardState> states;
    std::ranges::transform(pending, std::back_inserter(states),
                           [](auto& one) { return one.get(); });
    return states;
}

}  // namespace trilby::validate
