// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Accelerators whose PCI class does not say that they are accelerators.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace trilby {

struct AcceleratorVendor {
    std::uint16_t id;
    std::string_view name;
    /// Empty if everything that the vendor makes is an accelerator or a part of one.
    std::span<const std::uint16_t> devices;
};

/// Null if the vendor makes no accelerators of another class.
[[nodiscard]] const AcceleratorVendor* accelerator_vendor(std::uint16_t vendor_id);

/// Devices of these base classes are not accelerators, whoever makes them: storage, network,
/// bridges and buses.
[[nodiscard]] bool is_never_accelerator(std::uint32_t class_code);

}  // namespace trilby
