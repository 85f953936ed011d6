// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <torch/torch.h>
#include <vector>

#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Takes the parameters of the recipe's frozen parts out of training: they need no gradients, and
/// the optimizer leaves them alone. ErrorCode::bad_data if the network lacks such a part, or if
/// nothing would be left to train.
[[nodiscard]] Result<void> freeze(torch::nn::Module& network, const train::Recipe& recipe);

/// Puts a network into training. Frozen modules stay in evaluation: they have no dropout, and the
/// means of their batch norms do not move.
void set_training(torch::nn::Module& network, const std::vector<std::string>& frozen);

}  // namespace trilby::backends
