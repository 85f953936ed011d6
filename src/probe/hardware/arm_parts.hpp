// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The names of Arm's cores and of the companies that implement them, which report only numbers.

#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace trilby::sources {

/// "CPU implementer" and "CPU part" of /proc/cpuinfo.
struct ArmPart {
    std::uint32_t implementer = 0;
    std::uint32_t number = 0;

    auto operator<=>(const ArmPart&) const = default;
};

/// "NVIDIA", or "0x99" if it is unknown.
[[nodiscard]] std::string arm_implementer_name(std::uint32_t implementer);
/// "Neoverse-V2", or "part 0xd99" if it is unknown.
[[nodiscard]] std::string arm_part_name(ArmPart part);

}  // namespace trilby::sources
