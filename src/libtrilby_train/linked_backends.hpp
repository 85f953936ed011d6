// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The backends whose code is in the library.

#pragma once

#include <string>
#include <vector>

#include "backends/common/backend.hpp"

namespace trilby {

struct LinkedBackend {
    const backends::Definition& definition;
    std::vector<std::string> gpu_targets;  ///< as in a manifest
};

/// The CPU, and the GPUs that the LibTorch of the library is for.
[[nodiscard]] std::vector<LinkedBackend> linked_backends();

}  // namespace trilby
