// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <vector>

#include "train/recipe.hpp"

namespace trilby::train {

/// Which examples a step trains on: a function of the recipe and the number of the step, so that a
/// resumed run continues with the same ones.
class ExampleOrder {
  public:
    /// `count` training examples, at least one.
    ExampleOrder(const LoopSettings& settings, std::int64_t count);

    [[nodiscard]] std::int64_t steps_per_epoch() const { return steps_per_epoch_; }
    /// The examples of a step (from 0), of all its batches. Each pass has its own order. The last
    /// step of a pass has fewer examples, unless the recipe sets the steps of an epoch: then steps
    /// go on into the next pass.
    [[nodiscard]] std::vector<std::int64_t> examples_of(std::int64_t step);

  private:
    /// Of the pass that was asked for last.
    const std::vector<std::int64_t>& order_of_pass(std::int64_t pass);

    LoopSettings settings_;
    std::int64_t count_;
    std::int64_t steps_per_epoch_;
    std::int64_t pass_ = -1;
    std::vector<std::int64_t> order_;
};

}  // namespace trilby::train
