// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/loss_record.hpp"

#include <algorithm>
#include <cmath>

namespace trilby::train {

void LossRecord::add(double loss, std::int64_t count) {
    sum += loss * static_cast<double>(count);
    examples += count;
    ++steps;
    if (is_finite()) {
        ++finite_steps;
        last_finite = loss;
    }
}

bool LossRecord::is_finite() const {
    return std::isfinite(sum);
}

double LossRecord::mean() const {
    return sum / static_cast<double>(std::max<std::int64_t>(1, examples));
}

}  // namespace trilby::train
