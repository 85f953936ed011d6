// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Kernel modules: ELF files that may be compressed.

#pragma once

#include <string>
#include <string_view>

#include "platform/file_tree.hpp"

namespace trilby::binary {

/// The license that a module declares, such as "GPL". Malformed if the file is too large, or is not
/// a module. A compressed module takes up to a second.
[[nodiscard]] Observed<std::string> read_module_license(const platform::FileTree& tree,
                                                        std::string_view path);

}  // namespace trilby::binary
