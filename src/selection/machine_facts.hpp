// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about a machine that several requirements ask.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "selection/requirements.hpp"

namespace trilby::selection {

/// Display controllers and accelerators of one vendor.
[[nodiscard]] std::vector<const PciDevice*> devices_of(const Machine& machine,
                                                       std::uint16_t vendor_id);

[[nodiscard]] const KernelDriver* find_driver(const Machine& machine, std::string_view name);

/// "NVIDIA ... at 0000:01:00.0": the best name that is known.
[[nodiscard]] std::string describe(const PciDevice& device);

/// A PCI device of the backend's vendor is on the bus.
[[nodiscard]] Requirement device_present(const Facts& facts, std::string_view id,
                                         std::uint16_t vendor_id);

/// One node exists and this process may open it for reading and writing.
[[nodiscard]] Requirement node_usable(const Facts& facts, std::string_view id,
                                      std::string_view path, std::string_view absent_hint);
[[nodiscard]] Requirement may_open(std::string_view id, const DeviceNode& node);

/// "mode 0660, user 0, group 39", as far as it is known.
[[nodiscard]] std::string permissions_of(const DeviceNode& node);

}  // namespace trilby::selection
