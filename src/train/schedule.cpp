// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/random.hpp"

namespace trilby::train {
namespace {

/// Decorrelates the streams of neighboring numbers.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return SplitMix64(SplitMix64(a)() ^ b)();
}

}  // namespace

double learning_rate_at(const Recipe& recipe, std::int64_t step, std::int64_t steps_per_epoch) {
    const double peak = recipe.optimizer.learning_rate;
    const auto total = static_cast<double>(recipe.training.epochs * steps_per_epoch);
    const double warmup =
        std::min(recipe.schedule.warmup_epochs * static_cast<double>(steps_per_epoch), total);
    const auto now = static_cast<double>(step);
    if (now < warmup) {
        return peak * (now + 1.0) / (warmup + 1.0);
    }
    if (recipe.schedule.kind == ScheduleSettings::Kind::constant) {
        return peak;
    }
    const double progress = (now - warmup) / std::max(1.0, total - warmup);
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    const double floor = recipe.schedule.final_fraction;
    return peak * (floor + (1.0 - floor) * cosine);
}

std::vector<std::int64_t> epoch_order(std::int64_t seed, std::int64_t epoch, std::int64_t count) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    SplitMix64 random(mix(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(epoch)));
    for (std::size_t left = order.size(); left > 1; --left) {
        std::swap(order[left - 1], order[random.below(left)]);
    }
    return order;
}

std::uint64_t step_seed(std::int64_t seed, std::int64_t step) {
    // The offset keeps these streams apart from those of epoch_order().
    return mix(static_cast<std::uint64_t>(seed) ^ 0x5354455053454544U,
               static_cast<std::uint64_t>(step));
}

}  // namespace trilby::train
