// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/rate_test_text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace trilby::report {
namespace {

constexpr std::size_t points_per_line = 10;

/// A loss that diverges must not shorten all other bars.
std::string bar_of(double loss, double loss_at_start) {
    constexpr double columns_at_start = 24.0;
    constexpr double most_columns = 48.0;
    const double columns = columns_at_start * loss / loss_at_start;
    return std::string(static_cast<std::size_t>(std::clamp(columns, 0.0, most_columns)), '#');
}

}  // namespace

SafeText losses_text(const train::RatePoints& points) {
    const train::RatePoints means = train::smoothed(points);
    SafeText text = SafeText::format("{:>13}  {:>10}\n", "learning rate", "loss");
    for (std::size_t i = 0; i < means.size(); i += points_per_line) {
        text += SafeText::format(
            "{:>13}  {:>10}  {}\n", fmt::format("{:.1e}", means[i].learning_rate),
            fmt::format("{:.4g}", means[i].loss), bar_of(means[i].loss, means.front().loss));
    }
    return text;
}

}  // namespace trilby::report
