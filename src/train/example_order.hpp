// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "train/pass_order.hpp"
#include "train/recipe.hpp"

namespace trilby::train {

/// Which examples a step trains on: a function of the recipe and the number of the step, so that a
/// resumed run continues with the same ones.
class ExampleOrder {
  public:
    /// `count` training examples, at least one.
    ExampleOrder(const LoopSettings& settings, std::int64_t count, const Shuffle& shuffle = {});

    [[nodiscard]] const Shuffle& shuffle() const { return shuffle_; }
    [[nodiscard]] std::int64_t steps_per_epoch() const { return steps_per_epoch_; }
    /// The examples of a step (from 0), of all its batches. Each pass has its own order. The last
    /// step of a pass has fewer examples, unless the recipe sets the steps of an epoch: then steps
    /// go on into the next pass.
    [[nodiscard]] std::vector<std::int64_t> examples_of(std::int64_t step);

    /// The number of examples of a step.
    [[nodiscard]] std::int64_t count_of(std::int64_t step) const {
        return positions_of(step).size();
    }

    /// The window (Shuffle) in which a step begins, counted over all passes.
    [[nodiscard]] std::int64_t first_window_of(std::int64_t step);
    /// The window in which a step ends.
    [[nodiscard]] std::int64_t last_window_of(std::int64_t step);
    [[nodiscard]] std::vector<data::Range> blocks_of(std::int64_t window);

  private:
    /// Positions in all passes, one after the other.
    [[nodiscard]] data::Range positions_of(std::int64_t step) const;
    [[nodiscard]] std::int64_t window_at(std::int64_t position);
    /// The order of a pass, which is kept until another one is asked for.
    PassOrder& order_of_pass(std::int64_t pass);

    LoopSettings settings_;
    std::int64_t count_;
    Shuffle shuffle_;
    std::int64_t steps_per_epoch_;
    std::int64_t pass_ = -1;
    std::optional<PassOrder> order_;
};

}  // namespace trilby::train
