// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The learning rate, order and seed at a given step, as pure functions. So a run is repeatable,
/// and a resumed run is identical.

#pragma once

#include <cstdint>
#include <vector>

#include "train/recipe.hpp"

namespace trilby::train {

/// The learning rate of `step` (from 0) in a run of `epochs` times `steps_per_epoch` steps.
[[nodiscard]] double learning_rate_at(const Recipe& recipe, std::int64_t step,
                                      std::int64_t steps_per_epoch);

/// Changes the number of epochs. A shorter run has a shorter warm-up, in proportion: otherwise the
/// rate might rise until its end.
void set_epochs(Recipe& recipe, std::int64_t epochs);

/// Shortens a warm-up that takes more than a tenth of all steps to a tenth, rounded to whole steps.
void limit_warmup(Recipe& recipe, std::int64_t steps_per_epoch);

/// The order in which an epoch (from 0) visits `count` examples: a permutation of 0..count-1 that
/// depends only on the arguments, on every platform.
[[nodiscard]] std::vector<std::int64_t> epoch_order(std::int64_t seed, std::int64_t epoch,
                                                    std::int64_t count);

/// A seed for the random numbers of one step, such as dropout's.
[[nodiscard]] std::uint64_t step_seed(std::int64_t seed, std::int64_t step);

}  // namespace trilby::train
