// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/normal_scores.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trilby::train::table {
namespace {

// Scores stay within the quantiles of 0.001 and 0.999, about -3.09 and 3.09.
constexpr double tail = 0.001;

double normal_fraction_below(double score) {
    return 0.5 * std::erfc(-score / std::numbers::sqrt2);
}

double normal_quantile(double fraction) {
    double low = -4.0;
    double high = 4.0;
    for (int i = 0; i < 50; ++i) {
        const double middle = 0.5 * (low + high);
        (normal_fraction_below(middle) < fraction ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// The i-th of count + 1 positions that divide 0..last evenly.
std::size_t even_position(std::size_t i, std::size_t count, std::size_t last) {
    return (2 * i * last + count) / (2 * count);
}

/// Half of the values that are equal to `value` count as below it.
double fraction_below(const std::vector<float>& sorted, float value) {
    const auto equal = std::ranges::equal_range(sorted, value);
    const auto below = equal.begin() - sorted.begin();
    const auto not_above = equal.end() - sorted.begin();
    return static_cast<double>(below + not_above) / (2.0 * static_cast<double>(sorted.size()));
}

}  // namespace

Curve fit_normal_scores(std::vector<float> values) {
    std::ranges::sort(values);
    Curve curve;
    for (std::size_t i = 0; i <= curve_pieces && !values.empty(); ++i) {
        const float value = values[even_position(i, curve_pieces, values.size() - 1)];
        if (curve.empty() || value > curve.back().first) {
            const double fraction = std::clamp(fraction_below(values, value), tail, 1.0 - tail);
            curve.emplace_back(value, normal_quantile(fraction));
        }
    }
    return curve;
}

double score_at(const Curve& curve, double value) {
    if (std::isnan(value)) {
        return 0.0;
    }
    const auto above = std::ranges::upper_bound(curve, value, {}, &Curve::value_type::first);
    if (above == curve.begin() || above == curve.end()) {
        return above == curve.begin() ? curve.front().second : curve.back().second;
    }
    const auto& [x0, y0] = *std::prev(above);
    const auto& [x1, y1] = *above;
    return y0 + (y1 - y0) * (value - x0) / (x1 - x0);
}

std::vector<double> bin_edges(const Curve& curve, std::int64_t bins) {
    const std::size_t last = curve.size() - 1;
    const std::size_t count = std::min(static_cast<std::size_t>(bins), last);
    std::vector<double> edges;
    for (std::size_t i = 0; i <= count; ++i) {
        const double edge = curve[even_position(i, count, last)].second;
        if (edges.empty() || edge > edges.back()) {
            edges.push_back(edge);
        }
    }
    return edges;
}

}  // namespace trilby::train::table
