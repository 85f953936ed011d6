// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Versions of an installed LibTorch, from whichever file says them.

#pragma once

#include <string>

#include "platform/file_tree.hpp"
#include "probe/software/libtorch_places.hpp"

namespace trilby::sources {

/// version.py of a Python package; absent elsewhere.
[[nodiscard]] Observed<std::string> read_version_file(const platform::FileTree& tree,
                                                      const LibTorchPlace& place);

/// From version.py, else from an archive's build-version, else from the library's name, else from
/// the headers.
[[nodiscard]] Observed<std::string> read_libtorch_version(
    const platform::FileTree& tree, const LibTorchPlace& place,
    const Observed<std::string>& version_file);

/// What version.py assigns to `name`; absent if that is None.
[[nodiscard]] Observed<std::string> version_of(const Observed<std::string>& version_file,
                                               const std::string& name);

}  // namespace trilby::sources
