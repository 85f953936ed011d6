// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/pixel_statistics.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace trilby::train::images {
namespace {

/// How often each value occurs, which gives sums without rounding.
using Histogram = std::array<std::uint64_t, 256>;

std::vector<Histogram> histograms(std::span<const std::uint8_t> pixels, std::size_t channels) {
    std::vector<Histogram> counts(channels, Histogram{});
    for (std::size_t i = 0; i + channels <= pixels.size(); i += channels) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            ++counts[channel][pixels[i + channel]];
        }
    }
    return counts;
}

/// The mean of function(value) over all pixels.
double mean_of(const Histogram& counts, auto function) {
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t value = 0; value < counts.size(); ++value) {
        const auto times = static_cast<double>(counts[value]);
        sum += times * function(static_cast<double>(value) / 255.0);
        count += times;
    }
    return sum / count;
}

}  // namespace

PixelStatistics pixel_statistics(std::span<const std::uint8_t> pixels, std::int64_t channels) {
    PixelStatistics statistics;
    for (const Histogram& counts : histograms(pixels, static_cast<std::size_t>(channels))) {
        const double mean = mean_of(counts, [](double value) { return value; });
        const double variance =
            mean_of(counts, [&](double value) { return (value - mean) * (value - mean); });
        statistics.mean.push_back(mean);
        statistics.deviation.push_back(variance > 0.0 ? std::sqrt(variance) : 1.0);
    }
    return statistics;
}

}  // namespace trilby::train::images
