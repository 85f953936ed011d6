// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Looks up a few names in the PCI ID database in one pass and keeps nothing else: loading the file
/// would take longer than the rest of the probe.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "platform/file_tree.hpp"

namespace trilby::sources {

struct PciId {
    std::uint16_t vendor = 0;
    std::uint16_t device = 0;
};

class PciNames {
  public:
    /// Every name is missing if the tree has no database.
    PciNames(const platform::FileTree& tree, std::span<const PciId> wanted);

    [[nodiscard]] Observed<std::string> vendor(PciId id) const;
    [[nodiscard]] Observed<std::string> device(PciId id) const;

  private:
    /// A vendor ID, and the device ID if it is a device.
    using Key = std::pair<std::uint16_t, std::optional<std::uint16_t>>;

    void take_line(std::string_view line);
    void take_name(const Key& key, std::string_view line);
    [[nodiscard]] bool is_complete() const { return missing_ == 0; }
    [[nodiscard]] Observed<std::string> name(const Key& key) const;

    std::map<Key, std::string> names_;  ///< empty until found
    std::size_t missing_ = 0;
    std::optional<std::uint16_t> current_vendor_;  ///< if it is wanted
    Presence presence_ = Presence::absent;
    std::string source_;
};

}  // namespace trilby::sources
