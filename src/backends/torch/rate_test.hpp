// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/common/backend.hpp"
#include "backends/torch/precision_choice.hpp"
#include "backends/torch/task.hpp"
#include "train/rate_test.hpp"

namespace trilby::backends {

/// Trains with a rising learning rate until the loss diverges: the job `test_rates` in
/// docs/jobs.md. The weights are spoiled.
[[nodiscard]] Result<train::RateTest> test_rates(Task& task, const PrecisionQuestion& question,
                                                 const JobContext& context);

}  // namespace trilby::backends
