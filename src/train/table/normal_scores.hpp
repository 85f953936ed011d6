// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A piecewise-linear function that makes the values of a column normally distributed, so that
/// neither their unit nor their outliers matter.

#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace trilby::train::table {

/// Values, increasing, and their scores, increasing too.
using Curve = std::vector<std::pair<double, double>>;

/// A curve has at most this many pieces.
inline constexpr std::size_t curve_pieces = 256;

/// From finite values in any order: the score of a quantile of the values is that quantile of the
/// normal distribution. Equal values have one score, and a single value gives a curve of one point.
[[nodiscard]] Curve fit_normal_scores(std::vector<float> values);

/// Values beyond the ends have the scores of the ends; NaN has 0, the score of the median.
[[nodiscard]] double score_at(const Curve& curve, double value);

/// Edges of at most `bins` bins, at least one, with about as many values in each; for a curve with
/// two or more points.
[[nodiscard]] std::vector<double> bin_edges(const Curve& curve, std::int64_t bins);

}  // namespace trilby::train::table
