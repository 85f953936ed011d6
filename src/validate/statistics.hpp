// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <vector>

namespace trilby::validate {

/// A proportion with its 95 % confidence interval.
struct Rate {
    double value = 0;
    double low = 0;
    double high = 1;
};

/// Wilson's score interval (1927), which also holds near 0 and 1. It is 0 to 1 without trials.
[[nodiscard]] Rate rate_of(std::uint64_t successes, std::uint64_t trials);

/// The middle value, or the mean of the two; 0 for no values.
[[nodiscard]] double median(std::vector<double> values);

/// The smallest of the values that at least `share` of them do not exceed; 0 for no values.
[[nodiscard]] double percentile(std::vector<double> values, double share);

}  // namespace trilby::validate
