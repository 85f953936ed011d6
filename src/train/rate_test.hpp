// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A learning-rate range test (Smith, 2017): the learning rate rises with every step, and the
/// losses show which rates a network learns with.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct RatePoint {
    double learning_rate = 0.0;
    double loss = 0.0;  ///< of the batch, before the weights are changed with this rate
};
using RatePoints = std::vector<RatePoint>;  ///< by rising rates

/// The result of the job `test_rates`.
struct RateTest {
    RatePoints points;
};

/// The most steps of a test, from the lowest rate to the highest.
inline constexpr std::int64_t rate_test_steps = 211;

/// The learning rate of a step (from 0): from 1e-6 to 10, by the same factor each time.
[[nodiscard]] double tested_rate(std::int64_t step);

/// Whether higher rates would show nothing more: the loss is no longer finite, or twice what it
/// was before the network learned.
[[nodiscard]] bool is_diverging(std::span<const RatePoint> points);

/// The points with the mean of the losses around each, since those of single batches differ.
[[nodiscard]] RatePoints smoothed(std::span<const RatePoint> points);

struct RateAdvice {
    std::optional<double> learning_rate;  ///< nothing if no rate lowered the loss for certain
    std::string reason;
};

/// A third of the rate at which the loss is lowest: there, some weights already change too fast.
[[nodiscard]] RateAdvice advise(std::span<const RatePoint> points);

[[nodiscard]] json::object to_json(const RateTest& test);
[[nodiscard]] Result<RateTest> parse_rate_test(const json::object& document);

}  // namespace trilby::train
