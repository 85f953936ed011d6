// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>

#include "platform/file_tree.hpp"

namespace trilby::platform {

/// The memory that programs can still get without swapping, as the kernel estimates it; nothing
/// where it does not.
[[nodiscard]] std::optional<std::uint64_t> available_memory_bytes(const FileTree& tree);

}  // namespace trilby::platform
