// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Base address registers: the windows through which the host reaches a device's memory.

#pragma once

#include <cstdint>
#include <string>

#include "platform/file_tree.hpp"
#include <trilby/observed.hpp>

namespace trilby::sources {

/// The size of the largest memory window of the PCI device whose folder in sysfs is `folder`.
[[nodiscard]] Observed<std::uint64_t> read_largest_bar(const platform::FileTree& tree,
                                                       const std::string& folder);

/// One of its memory windows has a size, but no address.
[[nodiscard]] Observed<bool> read_has_unassigned_bar(const platform::FileTree& tree,
                                                     const std::string& folder);

/// The largest possible size of one of its windows; absent if none can be resized, and before
/// Linux 6.0.
[[nodiscard]] Observed<std::uint64_t> read_largest_possible_bar(const platform::FileTree& tree,
                                                                const std::string& folder);

}  // namespace trilby::sources
