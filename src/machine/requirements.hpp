// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the GPU backends need of a machine, whether or not they are installed. The selection lists
/// these requirements, and the doctor explains why a card misses one: both ask the same functions.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <trilby/selection.hpp>

namespace trilby {

/// In the order of comparison. The first requirement is that the machine has a device.
[[nodiscard]] std::vector<Requirement> cuda_requirements(const Machine& machine);
[[nodiscard]] std::vector<Requirement> rocm_requirements(const Machine& machine);

/// Why a device of the machine cannot be used: the evidence of each missed requirement. Empty if
/// the device can be used, or if there is none.
[[nodiscard]] std::vector<std::string> obstacles(const std::vector<Requirement>& requirements);

[[nodiscard]] Requirement met(std::string_view id, std::string evidence);
[[nodiscard]] Requirement missed(std::string_view id, std::string evidence, std::string hint);
[[nodiscard]] Requirement unknown(std::string_view id, std::string evidence);
/// For a missing fact: says which, and whether it was absent, denied or malformed.
[[nodiscard]] Requirement unknown(std::string_view id, Presence presence, std::string_view source);

}  // namespace trilby
