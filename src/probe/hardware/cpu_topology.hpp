// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The packages, cores and caches of the logical CPUs.

#pragma once

#include "platform/file_tree.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

[[nodiscard]] Observed<std::uint32_t> read_core_count(const platform::FileTree& tree);
[[nodiscard]] Observed<std::uint32_t> read_package_count(const platform::FileTree& tree);
/// The data and unified caches that the first CPU uses.
[[nodiscard]] Observed<std::vector<Cache>> read_caches(const platform::FileTree& tree);

}  // namespace trilby::sources
