// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace trilby::train::text {
namespace {

/// The places of the scores, the highest first; equal scores keep their order. NaN, which has no
/// order, counts as the lowest.
std::vector<std::size_t> ranking(std::span<const float> scores) {
    constexpr float lowest = -std::numeric_limits<float>::infinity();
    std::vector<std::size_t> places(scores.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::stable_sort(places, std::ranges::greater(), [&](std::size_t i) {
        return std::isnan(scores[i]) ? lowest : scores[i];
    });
    return places;
}

/// How many of the `weights`, which sum to `total`, reach the share `top_p`.
std::size_t count_reaching(double top_p, std::span<const double> weights, double total) {
    double sum = 0.0;
    std::size_t count = 0;
    while (count < weights.size() && (count == 0 || sum < top_p * total)) {
        sum += weights[count++];
    }
    return count;
}

/// Uniform in 0 up to but not 1.
double uniform(SplitMix64& random) {
    return static_cast<double>(random() >> 11) * 0x1p-53;
}

}  // namespace

std::size_t sample(std::span<const float> scores, const SamplingSettings& settings,
                   SplitMix64& random) {
    std::vector<std::size_t> places = ranking(scores);
    if (settings.temperature <= 0.0) {
        return places.front();
    }
    if (settings.top_k > 0) {
        places.resize(std::min(places.size(), static_cast<std::size_t>(settings.top_k)));
    }
    std::vector<double> weights;
    for (const std::size_t place : places) {
        const double difference = double{scores[place]} - scores[places.front()];
        weights.push_back(std::exp(difference / settings.temperature));
    }
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    weights.resize(count_reaching(settings.top_p, weights, total));
    double left = uniform(random) * std::accumulate(weights.begin(), weights.end(), 0.0);
    std::size_t chosen = 0;
    while (chosen + 1 < weights.size() && left >= weights[chosen]) {
        left -= weights[chosen++];
    }
    return places[chosen];
}

}  // namespace trilby::train::text
