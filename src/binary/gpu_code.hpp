// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the GPUs that a library has code for from the code itself: its version does not determine
/// them, because each distribution builds for its own list.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::binary {

/// The targets (<trilby/gpu_target.hpp>), sorted and unique. Reads the first few dozen code objects
/// of the library. Malformed if the file is not a library or has code in an unknown format.
[[nodiscard]] Observed<std::vector<std::string>> read_gpu_targets(const platform::FileTree& tree,
                                                                  std::string_view path);

/// The targets in an open file; nothing if it is malformed.
[[nodiscard]] std::optional<std::vector<std::string>> gpu_targets_in(
    const platform::LargeFile& file);

}  // namespace trilby::binary
