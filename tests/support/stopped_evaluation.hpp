// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "backends/torch/task.hpp"

namespace trilby::testing {

/// Evaluates the training part, which has three batches: all of them, and until stopped after one.
inline void expect_evaluation_stops_after_its_batch(backends::Task& task) {
    const torch::NoGradGuard no_grad;
    task.network().eval();
    int batches = 0;
    ASSERT_TRUE(task.evaluate(data::Part::training, [&]() -> Result<void> {
        ++batches;
        return {};
    }));
    EXPECT_EQ(batches, 3);
    batches = 0;
    const auto ended = task.evaluate(data::Part::training, [&]() -> Result<void> {
        ++batches;
        return failure(ErrorCode::interrupted, "enough");
    });
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().message, "enough");
    EXPECT_EQ(batches, 1);
}

}  // namespace trilby::testing
