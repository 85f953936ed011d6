// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/precision.hpp"

#include <fmt/format.h>

namespace trilby::train {

PrecisionUse faster_precision(const TrialTimes& times) {
    constexpr double least_gain = 1.15;
    const double gain = times.float32 / times.bfloat16;
    return gain >= least_gain
               ? PrecisionUse{Precision::bfloat16,
                              fmt::format("{:.2f} times as fast as float32 in a trial", gain)}
               : PrecisionUse{Precision::float32,
                              fmt::format("bfloat16 is {:.2f} times as fast in a trial", gain)};
}

}  // namespace trilby::train
