// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace trilby::train {

/// The losses of an epoch's steps.
struct LossRecord {
    double sum = 0.0;  ///< of losses times examples
    std::int64_t examples = 0;
    // Not in a checkpoint: counted since the run was started or resumed.
    std::int64_t steps = 0;
    std::int64_t finite_steps = 0;  ///< before the first loss that is not finite
    double last_finite = 0.0;       ///< the loss of the last of them

    /// The mean loss of a step.
    void add(double loss, std::int64_t count);
    [[nodiscard]] bool is_finite() const;
    /// 0 before the first step.
    [[nodiscard]] double mean() const;
};

}  // namespace trilby::train
