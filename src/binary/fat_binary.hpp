// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA's fat binaries: containers of images, one for each target of the same code.

#pragma once

#include <string>
#include <vector>

#include "binary/elf.hpp"
#include "platform/large_file.hpp"

namespace trilby::binary {

/// Targets of the first containers in a section, in the order of their images. Stops at malformed
/// data.
[[nodiscard]] std::vector<std::string> fat_binary_targets(const platform::LargeFile& file,
                                                          const ElfSection& section);

}  // namespace trilby::binary
