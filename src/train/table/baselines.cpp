// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/baselines.hpp"

#include <algorithm>
#include <cmath>

#include "train/table/table_metrics.hpp"

namespace trilby::train::table {
namespace {

std::vector<float> frequencies(std::span<const std::int32_t> classes, std::size_t class_count) {
    // A float cannot count past 2^24.
    std::vector<std::int64_t> counts(class_count);
    for (const std::int32_t one : classes) {
        ++counts[static_cast<std::size_t>(one)];
    }
    std::vector<float> shares(class_count);
    std::ranges::transform(counts, shares.begin(), [&](std::int64_t count) {
        return static_cast<float>(static_cast<double>(count) / static_cast<double>(classes.size()));
    });
    return shares;
}

/// The mean in the target's own unit, as an output of the network.
float mean_of(const Target& target, std::span<const float> numbers) {
    double sum = 0.0;
    for (const float number : numbers) {
        sum += in_own_unit(target, number);
    }
    return static_cast<float>(standardized(target, sum / static_cast<double>(numbers.size())));
}

float median_of(std::span<const float> numbers) {
    std::vector<float> sorted(numbers.begin(), numbers.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::ranges::nth_element(sorted, middle);
    return *middle;
}

}  // namespace

std::vector<Baseline> class_baselines(const Target& target, std::span<const std::int32_t> classes,
                                      const data::Parts& parts) {
    const std::size_t class_count = target.classes.size();
    const std::vector<float> row = frequencies(data::part_of(classes, parts.training), class_count);
    const auto test = data::part_of(classes, parts.test);
    std::vector<float> probabilities;
    for (std::size_t i = 0; i < test.size(); ++i) {
        probabilities.insert(probabilities.end(), row.begin(), row.end());
    }
    return {{"most frequent class", classification_metrics(probabilities, test, class_count)}};
}

std::vector<Baseline> number_baselines(const Target& target, std::span<const float> numbers,
                                       const data::Parts& parts) {
    const auto training = data::part_of(numbers, parts.training);
    const auto test = data::part_of(numbers, parts.test);
    const auto always = [&](float output) {
        const std::vector<float> outputs(test.size(), output);
        return regression_metrics(target, outputs, test);
    };
    return {{"mean", always(mean_of(target, training))}, {"median", always(median_of(training))}};
}

}  // namespace trilby::train::table
