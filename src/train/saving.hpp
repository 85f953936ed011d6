// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// When a run saves its state, how much of it is kept, and what that costs.

#pragma once

#include <cstdint>
#include <iterator>

#include "train/run_files.hpp"

namespace trilby::train {

inline constexpr std::int64_t most_checkpoints = 1 + std::ssize(earlier_checkpoint_names);

/// A run also saves after each epoch and when it is stopped.
struct Saving {
    double interval_s = 600.0;     ///< at least so often, even within an epoch
    std::int64_t checkpoints = 2;  ///< 1 to most_checkpoints: the newest and those before it
};

/// What checkpoints cost a run since it was started or resumed.
struct SavingCost {
    std::int64_t checkpoints = 0;    ///< how many were written
    std::uint64_t bytes_each = 0;    ///< of the last one
    double seconds_of_training = 0;  ///< for which training waited
    double seconds_beside = 0;       ///< of writing, while training went on
};

}  // namespace trilby::train
