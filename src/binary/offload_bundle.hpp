// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads Clang's offload bundles, in which AMD's compilers put one code object for each target. A
/// bundle is either plain or compressed as a whole.

#pragma once

#include <string>
#include <vector>

#include "binary/elf.hpp"
#include "platform/large_file.hpp"

namespace trilby::binary {

/// The targets of the first bundles in a section. Stops at malformed data.
[[nodiscard]] std::vector<std::string> offload_bundle_targets(const platform::LargeFile& file,
                                                              const ElfSection& section);

}  // namespace trilby::binary
