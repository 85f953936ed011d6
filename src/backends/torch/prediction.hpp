// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a trained network says about data.

#pragma once

#include <filesystem>

#include "backends/common/backend.hpp"
#include "backends/torch/task.hpp"
#include "train/shared_arrays.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Writes the network's outputs for the test part of the task's data to the array "outputs" (rows x
/// numbers, f32), with the weights of a checkpoint. Returns the metrics too if the data have
/// targets: the result of the job `predict` in docs/jobs.md.
[[nodiscard]] Result<json::object> predict(Task& task, const std::filesystem::path& checkpoint,
                                           const train::SharedArrays& outputs, bool have_targets,
                                           const JobContext& context);

}  // namespace trilby::backends
