// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads NVIDIA's fat binaries: containers with one image of the same code for each target.

#pragma once

#include <string>
#include <vector>

#include "binary/elf.hpp"
#include "platform/large_file.hpp"

namespace trilby::binary {

/// The targets of the first containers in a section, in the order of their images. Stops at
/// malformed data.
[[nodiscard]] std::vector<std::string> fat_binary_targets(const platform::LargeFile& file,
                                                          const ElfSection& section);

}  // namespace trilby::binary
