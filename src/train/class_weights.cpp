// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/class_weights.hpp"

#include <algorithm>
#include <numeric>

namespace trilby::train {

std::vector<double> balanced_weights(std::span<const std::int64_t> examples) {
    const auto all =
        static_cast<double>(std::accumulate(examples.begin(), examples.end(), std::int64_t{0}));
    const auto classes = static_cast<double>(
        std::ranges::count_if(examples, [](std::int64_t count) { return count > 0; }));
    std::vector<double> weights(examples.size());
    std::ranges::transform(examples, weights.begin(), [&](std::int64_t count) {
        return count > 0 ? all / (classes * static_cast<double>(count)) : 0.0;
    });
    return weights;
}

}  // namespace trilby::train
