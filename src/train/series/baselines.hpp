// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/part.hpp"
#include "train/metrics.hpp"

namespace trilby::train::series {

/// Windows of a series of standardized values, [rows, variables].
struct WindowSet {
    std::span<const float> values;
    std::span<const std::uint8_t> known = {};  ///< 0 for values that are not targets; empty: none
    std::int64_t variables = 1;
    data::Range first_rows;  ///< of the windows
    std::int64_t look_back = 1;
    std::int64_t horizon = 1;
};

/// What is reached without a network: by the last value, by the values one period before (if the
/// period is over 1 and the series is long enough), and by the mean of the training part, which is
/// 0. Empty if there are no windows. There is a target.
[[nodiscard]] std::vector<Baseline> baselines_of(const WindowSet& windows, std::int64_t period);

}  // namespace trilby::train::series
