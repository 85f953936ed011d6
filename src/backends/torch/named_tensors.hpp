// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>
#include <utility>
#include <vector>

namespace trilby::backends {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Parameters and buffers by name ("conv2d_1.weight"), as a checkpoint holds them.
[[nodiscard]] NamedTensors state_of(const torch::nn::Module& module);

/// Each parameter once, by the first of its names: a module may be part of two others.
[[nodiscard]] NamedTensors distinct_parameters(const torch::nn::Module& module);

/// The number of numbers in all parameters.
[[nodiscard]] std::int64_t count_parameters(const torch::nn::Module& network);

}  // namespace trilby::backends
