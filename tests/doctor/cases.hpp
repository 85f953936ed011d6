// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The condition cases of every family, for the tests and for the table.

#pragma once

#include <vector>

#include "doctor/made_facts.hpp"

namespace trilby::testing {

[[nodiscard]] std::vector<ConditionCase> nvidia_module_cases();
[[nodiscard]] std::vector<ConditionCase> nvidia_driver_cases();
[[nodiscard]] std::vector<ConditionCase> nvidia_library_cases();
[[nodiscard]] std::vector<ConditionCase> nvidia_topology_cases();
[[nodiscard]] std::vector<ConditionCase> nvidia_toolkit_cases();
[[nodiscard]] std::vector<ConditionCase> amd_driver_cases();
[[nodiscard]] std::vector<ConditionCase> amd_library_cases();
[[nodiscard]] std::vector<ConditionCase> container_cases();
[[nodiscard]] std::vector<ConditionCase> container_boundary_cases();
[[nodiscard]] std::vector<ConditionCase> cpu_cases();
[[nodiscard]] std::vector<ConditionCase> pci_cases();
[[nodiscard]] std::vector<ConditionCase> system_cases();
[[nodiscard]] std::vector<ConditionCase> unusable_cases();

/// The cases of all families.
[[nodiscard]] std::vector<ConditionCase> condition_cases();

}  // namespace trilby::testing
