// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Names from the PCI ID database: the few that are wanted, found without parsing the rest.

#pragma once

#include <cstdint>

#include "platform/file_tree.hpp"

namespace trilby::sources {

class PciNames {
  public:
    /// Reads the tree's database; every name is missing if there is none.
    explicit PciNames(const platform::FileTree& tree);

    [[nodiscard]] Observed<std::string> vendor(std::uint16_t vendor_id) const;
    [[nodiscard]] Observed<std::string> device(std::uint16_t vendor_id,
                                               std::uint16_t device_id) const;

  private:
    Observed<std::string> database_;
};

}  // namespace trilby::sources
