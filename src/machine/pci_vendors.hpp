// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PCI vendor IDs.

#pragma once

#include <array>
#include <cstdint>

namespace trilby::pci_vendor {

inline constexpr std::uint16_t amd = 0x1002;
inline constexpr std::uint16_t amd_processors = 0x1022;
inline constexpr std::uint16_t intel = 0x8086;
inline constexpr std::uint16_t nvidia = 0x10de;

/// Vendors of GPUs that compute.
inline constexpr std::array<std::uint16_t, 3> gpus{amd, nvidia, intel};

/// Vendors of display controllers that exist only in virtual machines.
inline constexpr std::array<std::uint16_t, 6> virtual_displays{0x1234, 0x1414, 0x15ad,
                                                               0x1af4, 0x1b36, 0x80ee};

}  // namespace trilby::pci_vendor
