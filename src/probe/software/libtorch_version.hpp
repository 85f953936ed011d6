// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads versions of an installed LibTorch from the files that have them.

#pragma once

#include <string>

#include "platform/file_tree.hpp"
#include "probe/software/libtorch_places.hpp"

namespace trilby::sources {

/// version.py of a Python package; absent elsewhere.
[[nodiscard]] Observed<std::string> read_version_file(const platform::FileTree& tree,
                                                      const LibTorchPlace& place);

/// The version from version.py, an archive's build-version, the library's name or the headers, in
/// this order.
[[nodiscard]] Observed<std::string> read_libtorch_version(
    const platform::FileTree& tree, const LibTorchPlace& place,
    const Observed<std::string>& version_file);

/// "9.1" of a library that was installed with a wheel, from its header in the wheels' folder
/// nvidia, which defines PREFIX_MAJOR and PREFIX_MINOR.
[[nodiscard]] Observed<std::string> read_bundled_version(const platform::FileTree& tree,
                                                         const LibTorchPlace& place,
                                                         const std::string& header,
                                                         const std::string& prefix);

/// The value that version.py assigns to `name`; absent if it is None.
[[nodiscard]] Observed<std::string> version_of(const Observed<std::string>& version_file,
                                               const std::string& name);

}  // namespace trilby::sources
