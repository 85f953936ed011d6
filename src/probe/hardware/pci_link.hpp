// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>

#include "platform/file_tree.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

/// The link between the mainboard and the card with the PCI device of `vendor` whose folder in
/// sysfs is `folder`; absent values if there is none (devices inside the processor).
[[nodiscard]] PciLink read_pci_link(const platform::FileTree& tree, const std::string& folder,
                                    const Observed<std::uint16_t>& vendor);

/// A link with all values missing.
[[nodiscard]] PciLink missing_pci_link(Presence why, const std::string& folder);

}  // namespace trilby::sources
