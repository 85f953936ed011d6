// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Jobs that train for a few steps, without a run, to find out what a training will be like.

#pragma once

#include <cstdint>
#include <functional>

#include "train/events.hpp"
#include "train/prepared_data.hpp"
#include "train/rate_test.hpp"
#include "train/recipe.hpp"
#include "train/session.hpp"

namespace trilby::train {

/// What training with a recipe will be like, from a few steps.
[[nodiscard]] worker::Answer<Examination> examine(const Recipe& recipe, PreparedData& data,
                                                  const SessionOptions& options);

/// The losses at rising learning rates; `on_step` is called with the number of steps done.
[[nodiscard]] worker::Answer<RateTest> test_rates(const Recipe& recipe, PreparedData& data,
                                                  const SessionOptions& options,
                                                  const std::function<void(std::int64_t)>& on_step);

}  // namespace trilby::train
