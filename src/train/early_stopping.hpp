// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which epoch of a run is the best, and when to stop waiting for a better one.

#pragma once

#include <cstdint>
#include <string_view>

#include "train/metrics.hpp"

namespace trilby::train {

/// The metric that decides which epoch is the best, of a task with this metric and as many examples
/// to validate; nullptr without any. The accuracy of few examples jumps by chance, their loss does
/// so less.
[[nodiscard]] const MetricKind* deciding_metric(std::string_view metric, std::int64_t examples);

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
