// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The errors of NVIDIA cards (Xid) in the kernel's log.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/file_tree.hpp"
#include <trilby/observed.hpp>

namespace trilby::validate {

/// How often each Xid was logged, by the PCI address of the card. Those that programs cause are
/// left out.
using XidCounts = std::map<std::string, std::map<std::uint32_t, std::uint64_t>>;

/// Counts a message of the kernel's log if it is about an Xid.
void add_xid(XidCounts& counts, std::string_view message);

/// Reads the kernel's log, which many systems show only to root.
[[nodiscard]] Observed<XidCounts> read_xids(const platform::FileTree& tree);

}  // namespace trilby::validate
