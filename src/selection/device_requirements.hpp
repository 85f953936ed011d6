// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Requirements about devices that several backends share.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "selection/requirements.hpp"

namespace trilby::selection {

/// A PCI device of the vendor is on the bus.
[[nodiscard]] Requirement device_present(const Facts& facts, std::string_view id,
                                         std::uint16_t vendor_id);

/// The node exists and this process may open it for reading and writing.
[[nodiscard]] Requirement node_usable(const Facts& facts, std::string_view id,
                                      std::string_view path, std::string_view absent_hint);
[[nodiscard]] Requirement may_open(std::string_view id, const DeviceNode& node);

/// "mode 0660, user 0, group 39", as far as known.
[[nodiscard]] std::string permissions_of(const DeviceNode& node);

}  // namespace trilby::selection
