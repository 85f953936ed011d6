// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>
#include <torch/torch.h>

#include "train/shared_arrays.hpp"

namespace trilby::backends {

/// An array as a tensor on the CPU, without a copy: it may be read only, and `arrays` must outlive
/// it.
[[nodiscard]] torch::Tensor tensor_of(const train::SharedArrays& arrays, std::string_view name);

}  // namespace trilby::backends
