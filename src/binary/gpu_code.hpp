// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The GPUs that a library has code for, read from the code itself. Its version does not tell,
/// because each distribution builds for its own list.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::binary {

/// Targets as in <trilby/gpu_target.hpp>, each once, in order. Reads the first few dozen code
/// objects of the library. Malformed if the file is not a library, or has code of an unknown form.
[[nodiscard]] Observed<std::vector<std::string>> read_gpu_targets(const platform::FileTree& tree,
                                                                  std::string_view path);

/// The same for an open file; nothing if it is malformed.
[[nodiscard]] std::optional<std::vector<std::string>> gpu_targets_in(
    const platform::LargeFile& file);

}  // namespace trilby::binary
