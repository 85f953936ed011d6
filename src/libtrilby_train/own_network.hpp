// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The module of a program as the trainer takes it.

#pragma once

#include <functional>
#include <memory>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/task.hpp"
#include "train/metrics.hpp"
#include <trilby/result.hpp>
#include <trilby/train.hpp>

namespace trilby {

using Forward = std::function<torch::Tensor(const std::vector<torch::Tensor>&)>;

/// `inputs` is how many tensors `forward` takes. For a table it may be one, which then has the
/// numbers of the rows and a one-hot vector of each category. ErrorCode::usage without a module.
[[nodiscard]] Result<backends::Network> own_network(std::shared_ptr<torch::nn::Module> module,
                                                    Forward forward, int inputs,
                                                    const Dataset& data);

/// ErrorCode::bad_data if there is nothing to learn.
[[nodiscard]] Result<void> require_trainable(const torch::nn::Module& module);

/// Those that are numbers.
[[nodiscard]] Measures measures_of(const train::Metrics& metrics);

}  // namespace trilby
