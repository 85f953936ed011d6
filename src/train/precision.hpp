// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The precision of a network's products in training: which one, and why.

#pragma once

#include <cstdint>
#include <string>

#include "base/describe.hpp"

namespace trilby::train {

/// Weights, sums, normalization and loss are float32 in any case.
enum class Precision : std::uint8_t { float32, bfloat16 };

TRILBY_DESCRIBE_ENUM(Precision, '_', float32, bfloat16)

/// What a run computes with.
struct PrecisionUse {
    Precision name = Precision::float32;
    std::string reason;  ///< for people
};

/// The seconds of a step of training, medians.
struct TrialTimes {
    double float32 = 0.0;
    double bfloat16 = 0.0;
};

/// bfloat16 where it gains enough to be worth its rounding.
[[nodiscard]] PrecisionUse faster_precision(const TrialTimes& times);

}  // namespace trilby::train
