// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>

#include "backends/torch/training_step.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

/// The mean loss of the examples of a step, or of a share of it, and its gradients. Examples are
/// computed in batches of the recipe's size, one after the other, and each counts the same.
/// Everything random follows from the numbers of the batches, the first of which is `first_batch`,
/// so that a resumed run repeats it exactly.
[[nodiscard]] Gradients gradients_of(TrainingStep& step, const Task& task,
                                     const train::LoopSettings& settings,
                                     std::span<const std::int64_t> examples,
                                     std::int64_t first_batch);

/// The same for all examples of step `number`.
[[nodiscard]] Gradients gradients_of_step(TrainingStep& step, const Task& task,
                                          const train::LoopSettings& settings,
                                          std::span<const std::int64_t> examples,
                                          std::int64_t number);

}  // namespace trilby::backends
