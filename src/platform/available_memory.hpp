// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>

#include "platform/file_tree.hpp"

namespace trilby::platform {

/// The memory that this process can still get without swapping: the kernel's estimate for the
/// machine, or less where its control group or one around it has a limit. Nothing if neither is
/// known.
[[nodiscard]] std::optional<std::uint64_t> available_memory_bytes(const FileTree& tree);

}  // namespace trilby::platform
