// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Computes with a program's trained network.

#pragma once

#include <functional>
#include <torch/torch.h>

#include "backends/torch/task.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby {

/// Calls `use` with a task for the network, which is in evaluation; gradients are off.
[[nodiscard]] Result<void> with_task(const train::Recipe& recipe, const train::PreparedData& data,
                                     backends::Network network, const torch::Device& device,
                                     const std::function<Result<void>(backends::Task&)>& use);

/// What the network says about a part, one row for each example, float32 on the CPU; as
/// Task::predict().
[[nodiscard]] torch::Tensor outputs_of(backends::Task& task, data::Part part);

}  // namespace trilby
