// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Which epoch of a run is the best, and when to stop waiting for a better one.

#pragma once

#include <cstdint>
#include <string_view>

#include "train/metrics.hpp"

namespace trilby::train {

/// The metric that decides which epoch is the best, for a task with this metric and so many
/// validation examples; nullptr without examples. The accuracy of few examples jumps by chance.
/// Their loss does so less.
[[nodiscard]] const MetricKind* deciding_metric(std::string_view metric, std::int64_t examples);

/// The epoch with the best validation metric so far.
struct BestEpoch {
    std::int64_t epoch = 0;  ///< from 1; 0 if there is none
    Metrics validation = {};
};

/// Whether an epoch with `validation` is better than `best`. If the metric is equal, the lower loss
/// decides. An epoch without a finite value of the metric is never better.
[[nodiscard]] bool is_better(const MetricKind& metric, const Metrics& validation,
                             const BestEpoch& best);

/// Whether `patience` epochs have passed since the best one; never for a patience of 0.
[[nodiscard]] bool is_patience_over(const BestEpoch& best, std::int64_t epoch,
                                    std::int64_t patience);

}  // namespace trilby::train
