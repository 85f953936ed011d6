// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <span>
#include <utility>

#include "base/random.hpp"

namespace trilby::train {
namespace {

/// Decorrelates the streams of neighboring numbers.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return SplitMix64(SplitMix64(a)() ^ b)();
}

/// From 1 at the beginning of a descent to 0 at its end, like half a wave.
double cosine_descent(double progress) {
    return 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

/// The part of [first, last] that is done at `now`, 0 to 1.
double progress_in(double now, double first, double last) {
    return std::clamp((now - first) / std::max(1.0, last - first), 0.0, 1.0);
}

double with_floor(double fraction, double floor) {
    return floor + (1.0 - floor) * fraction;
}

/// Smith's: a rise from a low rate to the peak, then a long descent, both like half a wave.
double one_cycle(const ScheduleSettings& schedule, double now, double total) {
    constexpr double first_fraction = 1.0 / 25.0;
    const double peak_at = schedule.rise_fraction * total;
    if (now < peak_at) {
        return with_floor(1.0 - cosine_descent(now / peak_at), first_fraction);
    }
    return with_floor(cosine_descent(progress_in(now, peak_at, total)), schedule.final_fraction);
}

/// After the warm-up, which ends at step `warmup`.
double descent(const ScheduleSettings& schedule, double now, double warmup, double total) {
    switch (schedule.kind) {
        case ScheduleSettings::Kind::cosine:
            return with_floor(cosine_descent(progress_in(now, warmup, total)),
                              schedule.final_fraction);
        case ScheduleSettings::Kind::linear: {
            const double first = std::max(warmup, (1.0 - schedule.decay_fraction) * total);
            return with_floor(1.0 - progress_in(now, first, total), schedule.final_fraction);
        }
        default:
            return 1.0;
    }
}

/// In steps.
double warmup_of(const ScheduleSettings& schedule, double steps_per_epoch) {
    return schedule.warmup_epochs * steps_per_epoch + static_cast<double>(schedule.warmup_steps);
}

void scale_warmup(ScheduleSettings& schedule, double factor) {
    schedule.warmup_epochs *= factor;
    schedule.warmup_steps = std::lround(factor * static_cast<double>(schedule.warmup_steps));
}

/// The learning rate as a fraction of the peak.
double fraction_at(const ScheduleSettings& schedule, double now, double steps_per_epoch,
                   double total) {
    if (schedule.kind == ScheduleSettings::Kind::one_cycle) {
        return one_cycle(schedule, now, total);
    }
    const double warmup = std::min(total, warmup_of(schedule, steps_per_epoch));
    return now < warmup ? (now + 1.0) / (warmup + 1.0) : descent(schedule, now, warmup, total);
}

}  // namespace

double learning_rate_at(const Recipe& recipe, std::int64_t step, std::int64_t steps_per_epoch) {
    return recipe.optimizer.learning_rate *
           fraction_at(recipe.schedule, static_cast<double>(step),
                       static_cast<double>(steps_per_epoch),
                       static_cast<double>(recipe.training.epochs * steps_per_epoch));
}

void set_epochs(Recipe& recipe, std::int64_t epochs) {
    const auto share = static_cast<double>(epochs) / static_cast<double>(recipe.training.epochs);
    scale_warmup(recipe.schedule, std::min(1.0, share));
    recipe.training.epochs = epochs;
}

void limit_warmup(Recipe& recipe, std::int64_t steps_per_epoch) {
    constexpr double longest = 0.1;  // of all steps
    const auto steps = static_cast<double>(recipe.training.epochs * steps_per_epoch);
    const double warmup = warmup_of(recipe.schedule, static_cast<double>(steps_per_epoch));
    if (warmup > longest * steps) {
        scale_warmup(recipe.schedule, longest * steps / warmup);
    }
}

std::vector<std::int64_t> epoch_order(std::int64_t seed, std::int64_t epoch, std::int64_t count) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    SplitMix64 random(mix(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(epoch)));
    shuffle(std::span(order), random);
    return order;
}

std::uint64_t step_seed(std::int64_t seed, std::int64_t step) {
    // The offset keeps these streams apart from those of epoch_order().
    return mix(static_cast<std::uint64_t>(seed) ^ 0x5354455053454544U,
               static_cast<std::uint64_t>(step));
}

}  // namespace trilby::train
