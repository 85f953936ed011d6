// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace trilby::train::series {

/// The number of steps after which the variables repeat, from the autocorrelation of the changes
/// from step to step; 1 if they do not. A cycle of the calendar, such as 24 hours, is preferred to
/// others that explain about as much. `values` are [steps, variables]; `step_seconds` is 0 if it is
/// not known.
[[nodiscard]] std::int64_t find_period(std::span<const double> values, std::size_t variables,
                                       double step_seconds);

}  // namespace trilby::train::series
