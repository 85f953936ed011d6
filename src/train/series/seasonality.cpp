// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/seasonality.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace trilby::train::series {
namespace {

// More would take long and change little.
constexpr std::size_t most_steps = 10'000;
constexpr std::size_t most_variables = 16;
constexpr std::size_t longest_period = 1'500;
/// A season must be seen this often.
constexpr std::size_t fewest_periods = 3;

/// Changes from step to step at the end of the series, with a mean of 0 and a sum of squares of 1;
/// empty for a constant variable.
std::vector<double> changes_of(std::span<const double> values, std::size_t variables,
                               std::size_t variable) {
    const std::size_t steps = values.size() / variables;
    std::vector<double> changes;
    for (std::size_t step = steps - std::min(steps, most_steps) + 1; step < steps; ++step) {
        changes.push_back(values[step * variables + variable] -
                          values[(step - 1) * variables + variable]);
    }
    const double mean =
        std::accumulate(changes.begin(), changes.end(), 0.0) / static_cast<double>(changes.size());
    double squares = 0.0;
    for (double& change : changes) {
        change -= mean;
        squares += change * change;
    }
    if (squares <= 0.0 || !std::isfinite(squares)) {
        return {};
    }
    for (double& change : changes) {
        change /= std::sqrt(squares);
    }
    return changes;
}

/// The autocorrelation by lag, as the mean over the variables.
std::vector<double> autocorrelation(std::span<const double> values, std::size_t variables,
                                    std::size_t lags) {
    std::vector<double> sums(lags + 1, 0.0);
    double count = 0.0;
    for (std::size_t variable = 0; variable < std::min(variables, most_variables); ++variable) {
        const std::vector<double> changes = changes_of(values, variables, variable);
        for (std::size_t lag = 1; lag <= lags && !changes.empty(); ++lag) {
            // Unlike inner_product, it may add up several sums at once, which is faster.
            sums[lag] += std::transform_reduce(changes.begin() + static_cast<std::ptrdiff_t>(lag),
                                               changes.end(), changes.begin(), 0.0);
        }
        count += changes.empty() ? 0.0 : 1.0;
    }
    for (double& sum : sums) {
        sum /= std::max(1.0, count);
    }
    return sums;
}

/// The cycles of the calendar in steps, the shortest first.
std::vector<std::size_t> calendar_periods(double step_seconds) {
    constexpr double day = 86'400.0;
    constexpr std::array cycles{60.0, 3600.0, day, 7 * day, 365.2425 * day};
    std::vector<std::size_t> periods;
    for (const double cycle : cycles) {
        if (step_seconds > 0.0 && cycle >= 1.5 * step_seconds) {
            periods.push_back(static_cast<std::size_t>(std::lround(cycle / step_seconds)));
        }
    }
    return periods;
}

/// Here and below, the correlation is known up to one and a half times the lag.
bool is_peak(const std::vector<double>& correlation, std::size_t lag) {
    return correlation[lag] > correlation[lag - 1] && correlation[lag] > correlation[lag + 1];
}

/// Whether the correlation falls on both sides within half a period. Else the lag is only a part of
/// a longer period, whose first steps resemble each other.
bool stands_out(const std::vector<double>& correlation, std::size_t lag) {
    const std::size_t half = std::max<std::size_t>(1, lag / 2);
    const auto falls_from = [&](std::size_t first) {
        return std::ranges::min(std::span(correlation).subspan(first, half)) <
               0.5 * correlation[lag];
    };
    return falls_from(lag - half) && falls_from(lag + 1);
}

/// The lag with the highest correlation from this one on, before its multiples: noise makes peaks
/// on the way up.
std::size_t highest_near(const std::vector<double>& correlation, std::size_t lag) {
    const auto first = correlation.begin() + static_cast<std::ptrdiff_t>(lag);
    const auto highest = std::max_element(first, first + static_cast<std::ptrdiff_t>(lag / 2) + 1);
    return static_cast<std::size_t>(highest - correlation.begin());
}

}  // namespace

std::int64_t find_period(std::span<const double> values, std::size_t variables,
                         double step_seconds) {
    const std::size_t steps = std::min(values.size() / variables, most_steps);
    const std::size_t lags = std::min(steps / fewest_periods, longest_period);
    if (lags < 2) {
        return 1;
    }
    const auto correlation = autocorrelation(values, variables, lags + lags / 2 + 1);
    double highest = std::max(0.1, 3.0 / std::sqrt(static_cast<double>(steps)));
    std::vector<std::size_t> candidates = calendar_periods(step_seconds);
    std::erase_if(candidates, [&](std::size_t period) {
        return period > lags || !stands_out(correlation, period);
    });
    const auto of_calendar = std::ssize(candidates);
    for (std::size_t lag = 2; lag <= lags; ++lag) {
        if (is_peak(correlation, lag) && stands_out(correlation, lag)) {
            highest = std::max(highest, correlation[lag]);
            candidates.push_back(lag);
        }
    }
    // The multiples of a period are peaks too, so the first that is about as high is taken.
    constexpr double about = 0.8;
    const auto found = std::ranges::find_if(
        candidates, [&](std::size_t lag) { return correlation[lag] >= about * highest; });
    if (found == candidates.end()) {
        return 1;
    }
    const bool is_of_calendar = found < candidates.begin() + of_calendar;
    return static_cast<std::int64_t>(is_of_calendar ? *found : highest_near(correlation, *found));
}

}  // namespace trilby::train::series
