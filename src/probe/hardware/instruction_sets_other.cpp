// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/instruction_sets.hpp"

namespace trilby::sources {

// Other kernels list in /proc/cpuinfo exactly what they let programs use.
std::optional<std::vector<std::string>> features_by_instruction() {
    return std::nullopt;
}

}  // namespace trilby::sources
