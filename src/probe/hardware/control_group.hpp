// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The limits of the control groups that this process is in, versions 1 and 2.

#pragma once

#include <cstdint>

#include "platform/file_tree.hpp"

namespace trilby::sources {

/// The tightest limit of the group and its ancestors; absent if there is none.
/// In CPUs, quota divided by period: 1.5 is one and a half CPUs.
[[nodiscard]] Observed<double> read_cpu_quota(const platform::FileTree& tree);
[[nodiscard]] Observed<std::uint64_t> read_memory_limit_bytes(const platform::FileTree& tree);

}  // namespace trilby::sources
