// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

namespace trilby {

/// Whether `text` is the address of a PCI device as the kernel writes it: "0000:1b:00.0". The
/// domains of virtual buses have more digits: "10000:e1:00.0".
[[nodiscard]] bool is_pci_address(std::string_view text);

}  // namespace trilby
