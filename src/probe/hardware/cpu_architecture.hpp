// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The architecture of the kernel.

#pragma once

#include <string>

#include "platform/file_tree.hpp"

namespace trilby::sources {

/// "x86_64", also for a 32-bit program if the kernel says so. `cpuinfo` is the text of
/// /proc/cpuinfo.
[[nodiscard]] Observed<std::string> read_architecture(const platform::FileTree& tree,
                                                      const Observed<std::string>& cpuinfo);

}  // namespace trilby::sources
