// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The caches of the logical CPUs.

#pragma once

#include "platform/file_tree.hpp"
#include "probe/hardware/cpu_list.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

/// The data and unified caches that the first CPU uses.
[[nodiscard]] Observed<std::vector<Cache>> read_caches(const platform::FileTree& tree);

/// The last-level cache of every online CPU, each instance once.
[[nodiscard]] Observed<std::vector<Cache>> read_last_level_caches(
    const platform::FileTree& tree, const Observed<CpuNumbers>& online);

}  // namespace trilby::sources
