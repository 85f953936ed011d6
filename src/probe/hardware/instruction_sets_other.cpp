// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/hardware/instruction_sets.hpp"

namespace trilby::sources {

// On other architectures /proc/cpuinfo lists exactly what programs can use.
std::optional<std::vector<std::string>> features_by_instruction() {
    return std::nullopt;
}

}  // namespace trilby::sources
