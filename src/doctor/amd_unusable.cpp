// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// AMD GPUs that miss a requirement of ROCm for a reason that no other condition knows.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/requirements.hpp"

namespace trilby::doctor {
namespace {

bool may_compute(const PciDevice* device) {
    return !is_set_aside(*device);
}

Evidence unknown_reason(const Facts& facts) {
    return std::ranges::any_of(amd_compute_devices(facts.machine), may_compute)
               ? found_if_any(obstacles(rocm_requirements(facts.machine)))
               : std::nullopt;
}

/// Beside a working NVIDIA card, nobody expects integrated graphics to compute.
Evidence not_supported(const Facts& facts) {
    const bool is_expected = !has_working_nvidia_device(facts.machine);
    return is_expected && amd_compute_devices(facts.machine).empty() &&
                   !obstacles(rocm_requirements(facts.machine)).empty()
               ? found_if_any(driver_lines(devices_of(facts.machine, pci_vendor::amd)))
               : std::nullopt;
}

constexpr std::array amd_unusable_table{
    Condition{.id = "TRL-A081",
              .severity = Severity::hint,
              .causes = {"TRL-A008"},
              .find = not_supported},
    Condition{.id = "TRL-A080",
              .severity = Severity::blocks,
              .place = Place::host,
              .is_fallback = true,
              .weigh = amd_severity,
              .causes = {"TRL-G040"},
              .find = unknown_reason},
};

}  // namespace

std::span<const Condition> amd_unusable_conditions() {
    return amd_unusable_table;
}

}  // namespace trilby::doctor
