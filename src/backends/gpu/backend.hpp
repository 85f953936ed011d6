// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/common/backend.hpp"

namespace trilby::backends {

/// CUDA's or ROCm's: LibTorch calls the devices of both "cuda", and the linked kernels know for
/// which of the two they were compiled.
[[nodiscard]] const Definition& gpu_backend();

}  // namespace trilby::backends
