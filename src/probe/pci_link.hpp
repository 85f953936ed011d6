// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "platform/file_tree.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

/// The link of the PCI device whose folder in sysfs is `folder`; absent values where there is none
/// (devices inside the processor) or where the device is switched off.
[[nodiscard]] PciLink read_pci_link(const platform::FileTree& tree, const std::string& folder);

}  // namespace trilby::sources
