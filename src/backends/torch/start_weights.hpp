// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/named_tensors.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Copies the weights that the recipe starts from into a network's state: those of the same name,
/// or the same after a prefix such as "model.", converted to the network's types.
/// ErrorCode::bad_data, with the names, if the file lacks some or has them in other shapes; if the
/// recipe allows that, those keep their values, but one at least must be there.
[[nodiscard]] Result<void> load_start_weights(const train::Recipe& recipe,
                                              const NamedTensors& network);

}  // namespace trilby::backends
