// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a training run will be like.

#pragma once

#include "backends/common/backend.hpp"
#include "backends/torch/precision_choice.hpp"
#include "backends/torch/task.hpp"
#include "train/events.hpp"

namespace trilby::backends {

/// The network's parameters, and the times of a few steps and of one evaluation: the result of the
/// job `examine` in docs/jobs.md. The weights are changed.
[[nodiscard]] Result<train::Examination> examine(Task& task, const PrecisionQuestion& question,
                                                 const JobContext& context);

}  // namespace trilby::backends
