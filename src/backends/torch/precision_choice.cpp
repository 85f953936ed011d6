// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/precision_choice.hpp"

#include <chrono>
#include <fmt/format.h>
#include <vector>

#include "backends/torch/autocast.hpp"
#include "backends/torch/frozen_parts.hpp"
#include "backends/torch/runtime.hpp"
#include "backends/torch/step_gradients.hpp"
#include "backends/torch/weight_copies.hpp"
#include "base/stopwatch.hpp"
#include "train/example_order.hpp"
#include "train/precision_trial.hpp"
#include "validate/statistics.hpp"

namespace trilby::backends {
namespace {

using Clock = std::chrono::steady_clock;
using train::Precision;

constexpr std::size_t least_rounds = 3;
constexpr std::size_t most_rounds = 7;
constexpr double enough_seconds = 0.3;
/// The steps of the shortest run that has a trial, which takes at most 18 steps.
constexpr std::int64_t shortest_run = 500;

/// Trains without an optimizer.
class Trial {
  public:
    Trial(Task& task, const train::Recipe& recipe)
        : task_(task),
          settings_(recipe.training),
          order_(order_of(task, recipe.training)),
          step_(task, recipe.training.batch_size, /*graph=*/nullptr) {}

    /// In seconds.
    double time_step(Precision precision, std::int64_t number) {
        const auto start = Clock::now();
        step_.set_precision(precision);
        const Gradients gradients =
            gradients_of_step(step_, task_, settings_, order_.examples_of(number), number);
        (void)gradients.loss.item<double>();  // waits for the device
        return seconds_since(start);
    }
    /// Libraries initialize themselves for each shape, and a batch at the end of an epoch may be
    /// shorter: all that the run computes, the trial has computed before.
    void warm_up() {
        for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
            time_step(precision, order_.steps_per_epoch() - 1);
            time_step(precision, 0);
        }
    }

  private:
    Task& task_;
    train::LoopSettings settings_;
    train::ExampleOrder order_;
    TrainingStep step_;
};

std::int64_t steps_of(const train::Recipe& recipe, const Task& task) {
    return recipe.training.epochs * order_of(task, recipe.training).steps_per_epoch();
}

/// Chooses the faster precision; float32 if a library cannot compute the network in bfloat16.
train::PrecisionUse try_precisions(Task& task, const train::Recipe& recipe,
                                   const JobContext& context) {
    context.event({{"type", train::PrecisionTrial::event_type}});
    try {
        return train::faster_precision(time_precisions(task, recipe, context));
    } catch (const std::exception& exception) {
        return {Precision::float32,
                fmt::format("the trial of bfloat16 failed: {}", explain_exception(exception))};
    }
}

/// The reason, with a warning where bfloat16 is slow.
train::PrecisionUse given(Precision precision, std::string_view reason, torch::Device device) {
    const bool is_slow = precision == Precision::bfloat16 && !has_bfloat16(device);
    return {precision,
            fmt::format("{}{}", reason,
                        is_slow ? ", though this device may have no instructions for it" : "")};
}

}  // namespace

train::TrialTimes time_precisions(Task& task, const train::Recipe& recipe,
                                  const JobContext& context) {
    const Tensors buffers = task.network().buffers();  // such as the means of a batch norm
    const ExchangedWeights kept(buffers, buffers);
    set_training(task.network(), recipe.training.frozen);
    Trial trial(task, recipe);
    trial.warm_up();
    std::vector<double> float32;
    std::vector<double> bfloat16;
    const auto start = Clock::now();
    do {
        float32.push_back(trial.time_step(Precision::float32, 0));
        bfloat16.push_back(trial.time_step(Precision::bfloat16, 0));
    } while (float32.size() < most_rounds && !context.is_cancelled() &&
             (float32.size() < least_rounds || seconds_since(start) < enough_seconds));
    return {validate::median(float32), validate::median(bfloat16)};
}

std::optional<train::PrecisionUse> choose_precision(Task& task, const PrecisionQuestion& question,
                                                    const JobContext& context) {
    const train::Recipe& recipe = question.recipe;
    if (!recipe.decides_precision()) {
        return std::nullopt;
    }
    if (recipe.training.precision) {
        return given(*recipe.training.precision, "as the recipe says", question.device);
    }
    if (question.no_trial) {
        return train::PrecisionUse{Precision::float32, *question.no_trial};
    }
    if (!has_bfloat16(question.device)) {
        return train::PrecisionUse{Precision::float32, "no trial of bfloat16 on this device"};
    }
    if (steps_of(recipe, task) < shortest_run) {
        return train::PrecisionUse{Precision::float32, "the run is too short for a trial"};
    }
    return try_precisions(task, recipe, context);
}

train::PrecisionUse resumed_precision(Precision precision, torch::Device device) {
    return given(precision, "as before the run was resumed", device);
}

}  // namespace trilby::backends
