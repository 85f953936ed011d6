// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Requirements about devices that the GPU backends share.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/requirements.hpp"

namespace trilby {

/// Tells users where the remedy is.
inline constexpr const char* ask_the_doctor = "'trilby doctor' shows how to fix it on this system";

struct GpuVendor {
    std::string_view name;  ///< "NVIDIA"
    std::uint16_t id;       ///< machine/pci_vendors.hpp
    std::string_view driver;
};

/// A PCI device of the vendor is on the bus.
[[nodiscard]] Requirement device_present(const Machine& machine, std::string_view id,
                                         const GpuVendor& vendor);

/// "AD102 at 0000:01:00.0 is bound to nouveau instead of nvidia (/sys/...)" if every device of the
/// vendor is known not to be bound to its driver.
[[nodiscard]] std::optional<std::string> why_unbound(const Machine& machine,
                                                     const GpuVendor& vendor);

/// This process may open the node for reading and writing.
[[nodiscard]] Requirement may_open(std::string_view id, const DeviceNode& node);

/// The first alternative that is not missed, else the first one; `if_none` if the list is empty.
[[nodiscard]] Requirement any_of(const std::vector<Requirement>& alternatives,
                                 const Requirement& if_none);

}  // namespace trilby
