// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Layers without weights that on a CPU take fewer passes over memory than LibTorch's operations.

#pragma once

#include <torch/torch.h>

namespace trilby::backends {

/// Each row of the last dimension with mean 0 and variance 1 (Ba et al., 2016).
[[nodiscard]] torch::Tensor normalized(const torch::Tensor& x);

/// The square of what is positive, 0 elsewhere (So et al., 2021).
[[nodiscard]] torch::Tensor squared_relu(const torch::Tensor& x);

}  // namespace trilby::backends
