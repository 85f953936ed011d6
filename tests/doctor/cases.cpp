// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

#include <algorithm>
#include <iterator>

namespace trilby::testing {

std::vector<ConditionCase> condition_cases() {
    std::vector<ConditionCase> all;
    for (auto* const family :
         {nvidia_module_cases, nvidia_driver_cases, nvidia_library_cases, nvidia_topology_cases,
          nvidia_toolkit_cases, amd_driver_cases, amd_library_cases, container_cases,
          container_boundary_cases, cpu_cases, pci_cases, system_cases, unusable_cases}) {
        std::ranges::copy(family(), std::back_inserter(all));
    }
    return all;
}

}  // namespace trilby::testing
