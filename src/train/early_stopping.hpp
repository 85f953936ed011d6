// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which epoch of a run is the best, and when to stop waiting for a better one.

#pragma once

#include <cstdint>

#include "train/metrics.hpp"

namespace trilby::train {

/// The epoch with the best validation metric so far.
struct BestEpoch {
    std::int64_t epoch = 0;  ///< from 1; 0 if there is none
    Metrics validation = {};
};

/// Whether an epoch with `validation` is better than `best`; of equal ones, the one with the lower
/// loss. One without a finite value of the metric is not.
[[nodiscard]] bool is_better(const MetricKind& metric, const Metrics& validation,
                             const BestEpoch& best);

/// Whether `patience` epochs have passed since the best one; 0 has no end.
[[nodiscard]] bool is_patience_over(const BestEpoch& best, std::int64_t epoch,
                                    std::int64_t patience);

}  // namespace trilby::train
