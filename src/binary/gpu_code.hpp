// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The GPUs that a library has code for, as the code inside says it. A version says nothing: each
/// distribution builds for a list of its own.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::binary {

/// Targets as in <trilby/gpu_target.hpp>, each once, in order. Looks at the first few dozen code
/// objects of the library. Malformed if it is no library, or its code is not understood.
[[nodiscard]] Observed<std::vector<std::string>> read_gpu_targets(const platform::FileTree& tree,
                                                                  std::string_view path);

/// The same of an open file; nothing if it is malformed.
[[nodiscard]] std::optional<std::vector<std::string>> gpu_targets_in(
    const platform::LargeFile& file);

}  // namespace trilby::binary
