// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PCI vendor IDs.

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace trilby::pci_vendor {

inline constexpr std::uint16_t amd = 0x1002;
inline constexpr std::uint16_t amd_processors = 0x1022;
inline constexpr std::uint16_t intel = 0x8086;
inline constexpr std::uint16_t nvidia = 0x10de;

struct GpuVendorName {
    std::uint16_t id;
    std::string_view name;  ///< short, instead of the company's full name
};

/// Vendors of GPUs that compute.
inline constexpr std::array<GpuVendorName, 3> gpus{
    {{amd, "AMD"}, {nvidia, "NVIDIA"}, {intel, "Intel"}}};

/// Empty if it is not a vendor of GPUs that compute.
[[nodiscard]] constexpr std::string_view gpu_vendor_name(std::uint16_t id) {
    for (const GpuVendorName& vendor : gpus) {
        if (vendor.id == id) {
            return vendor.name;
        }
    }
    return {};
}

/// Vendors of display controllers that exist only in virtual machines.
inline constexpr std::array<std::uint16_t, 6> virtual_displays{0x1234, 0x1414, 0x15ad,
                                                               0x1af4, 0x1b36, 0x80ee};

}  // namespace trilby::pci_vendor
