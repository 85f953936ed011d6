// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The choice of a token by the scores of a network.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/random.hpp"

namespace trilby::train::text {

struct SamplingSettings {
    double temperature = 1.0;  ///< divides the scores; 0 always takes the highest
    std::int64_t top_k = 0;    ///< only so many of the most probable tokens; 0 means all
    double top_p = 1.0;        ///< only the most probable tokens that together reach this
};

/// A token, the place of its score, drawn by softmax(scores / temperature). `scores` is not empty.
[[nodiscard]] std::size_t sample(std::span<const float> scores, const SamplingSettings& settings,
                                 SplitMix64& random);

}  // namespace trilby::train::text
