// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA's fat binaries: containers, each with one image of the same code for every target.

#pragma once

#include <string>
#include <vector>

#include "binary/elf.hpp"
#include "platform/large_file.hpp"

namespace trilby::binary {

/// Targets of the first containers in a section, in the order of their images; ends where something
/// makes no sense.
[[nodiscard]] std::vector<std::string> fat_binary_targets(const platform::LargeFile& file,
                                                          const ElfSection& section);

}  // namespace trilby::binary
