// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The layers of a recipe as a LibTorch module.

#pragma once

#include <cstdint>
#include <torch/torch.h>
#include <vector>

#include "train/layers.hpp"

namespace trilby::backends {

/// Builds the layers with weights initialized from `seed`, on the CPU and in float32. `shapes` is
/// the result of train::infer_shapes() for them. The network gives one row of class scores per
/// image. Input: N x channels x height x width, fastest with channels last.
[[nodiscard]] torch::nn::Sequential make_image_network(const std::vector<train::Layer>& layers,
                                                       const std::vector<train::Shape>& shapes,
                                                       std::int64_t seed);

}  // namespace trilby::backends
