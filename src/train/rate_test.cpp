// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/rate_test.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "base/read_json.hpp"
#include "base/write_json.hpp"
#include "train/describe.hpp"

namespace trilby::train {
namespace {

constexpr double lowest_rate = 1e-6;
constexpr std::size_t steps_per_decade = 30;
constexpr std::size_t points_around = 4;  ///< on each side

struct Spread {
    double mean = 0.0;
    double deviation = 0.0;
};

/// `points` is not empty.
Spread spread_of(std::span<const RatePoint> points) {
    const auto count = static_cast<double>(points.size());
    Spread spread;
    for (const RatePoint& point : points) {
        spread.mean += point.loss / count;
    }
    for (const RatePoint& point : points) {
        spread.deviation += std::pow(point.loss - spread.mean, 2) / count;
    }
    spread.deviation = std::sqrt(spread.deviation);
    return spread;
}

/// The losses of the lowest rates, which hardly change the network.
Spread spread_at_start(std::span<const RatePoint> points) {
    return spread_of(points.first(std::min(points.size(), steps_per_decade)));
}

/// How far a mean of neighbors must fall to be more than the difference between batches.
double certain_fall(const Spread& start) {
    constexpr double deviations = 4.0;
    return deviations * start.deviation / std::sqrt(2.0 * points_around + 1.0);
}

/// Two digits: the test is not more exact.
double rounded(double rate) {
    const std::string text = fmt::format("{:.2g}", rate);
    double value = rate;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

double tested_rate(std::int64_t step) {
    return lowest_rate *
           std::pow(10.0, static_cast<double>(step) / static_cast<double>(steps_per_decade));
}

bool is_diverging(std::span<const RatePoint> points) {
    constexpr std::size_t latest = 5;
    if (!points.empty() && !std::isfinite(points.back().loss)) {
        return true;
    }
    return points.size() > steps_per_decade + latest &&
           spread_of(points.last(latest)).mean > 2.0 * spread_at_start(points).mean;
}

RatePoints smoothed(std::span<const RatePoint> points) {
    RatePoints means;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const std::size_t first = i - std::min(i, points_around);
        const std::size_t last = std::min(points.size(), i + points_around + 1);
        means.push_back(
            {points[i].learning_rate, spread_of(points.subspan(first, last - first)).mean});
    }
    return means;
}

RateAdvice advise(std::span<const RatePoint> points) {
    if (points.size() <= steps_per_decade) {
        return {{}, "the loss is not finite at the lowest rates: look at the data first"};
    }
    const Spread start = spread_at_start(points);
    const RatePoints means = smoothed(points);
    const RatePoint best = *std::ranges::min_element(means, {}, &RatePoint::loss);
    if (best.loss > start.mean - certain_fall(start)) {
        return {{},
                fmt::format("no rate lowers the loss of {:.4g} for certain in so few steps: a "
                            "larger batch would show more",
                            start.mean)};
    }
    return {rounded(best.learning_rate / 3.0),
            fmt::format("a third of {:.2g}, where the loss is lowest: {:.4g} instead of {:.4g}",
                        best.learning_rate, best.loss, start.mean)};
}

json::object to_json(const RateTest& test) {
    return json::to_json(test, json::whole_texts);
}

Result<RateTest> parse_rate_test(const json::object& document) {
    return json::from_json<RateTest>(document, "the test of learning rates");
}

}  // namespace trilby::train
