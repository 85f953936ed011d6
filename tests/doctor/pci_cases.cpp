// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

constexpr const char* resource = "/sys/bus/pci/devices/0000:01:00.0/resource";

void unbind(MadeFacts& made) {
    PciDevice& device = made.device();
    device.driver = missing<std::string>();
    device.has_unassigned_bar = fact(false, resource);
    device.largest_bar_bytes = fact<std::uint64_t>(16ULL << 20, resource);
    made.keep_devices();
}

}  // namespace

std::vector<ConditionCase> pci_cases() {
    return {
        {"TRL-G040", "a card without a driver and with a window without an address",
         [](MadeFacts& made) {
             unbind(made);
             made.device().has_unassigned_bar = fact(true, resource);
             made.keep_devices();
         },
         "a card without a driver, whose windows have addresses", unbind, healthy_nvidia_machine},
        {"TRL-G040", "a card without a driver and without any window",
         [](MadeFacts& made) {
             unbind(made);
             made.device().largest_bar_bytes = fact<std::uint64_t>(0, resource);
             made.keep_devices();
         },
         "a window without an address that the driver does not need",
         [](MadeFacts& made) {
             made.device().has_unassigned_bar = fact(true, resource);
             made.keep_devices();
         },
         healthy_nvidia_machine},
    };
}

}  // namespace trilby::testing
