// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/examination.hpp"

#include <algorithm>
#include <chrono>
#include <sys/resource.h>

#include "backends/torch/evaluated_weights.hpp"
#include "backends/torch/frozen_parts.hpp"
#include "backends/torch/keep_alive.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/clipping.hpp"
#include "backends/torch/optimizers/optimizer.hpp"
#include "backends/torch/start_weights.hpp"
#include "backends/torch/step_gradients.hpp"
#include "base/stopwatch.hpp"
#include "base/try.hpp"
#include "train/example_order.hpp"

namespace trilby::backends {
namespace {

using Clock = std::chrono::steady_clock;

/// Adds the parameters that belong to a module itself, not to the modules in it.
void add_layer(std::vector<train::LayerExamination>& layers, const std::string& name,
               const torch::nn::Module& module) {
    train::LayerExamination layer{.name = name, .shapes = {}, .parameters = 0};
    for (const torch::Tensor& parameter : module.parameters(/*recurse=*/false)) {
        layer.shapes.push_back(train::format_shape(parameter.sizes().vec()));
        layer.parameters += parameter.numel();
    }
    if (layer.parameters > 0) {
        layers.push_back(std::move(layer));
    }
}

std::vector<train::LayerExamination> layers_of(const torch::nn::Module& network) {
    std::vector<train::LayerExamination> layers;
    add_layer(layers, "network", network);
    for (const auto& entry : network.named_modules(/*name_prefix=*/"", /*include_self=*/false)) {
        add_layer(layers, entry.key(), *entry.value());
    }
    return layers;
}

/// The mean time of a step, from as many as fit in about a second after the first ones.
Result<double> time_steps(Task& task, const train::Recipe& recipe, train::Precision precision,
                          train::ExampleOrder& order, KeepAlive& keep_alive) {
    constexpr std::int64_t warm_up_steps = 3;
    constexpr double enough_seconds = 1.0;
    TrainingStep step(task, recipe.training.batch_size, /*graph=*/nullptr);
    step.set_precision(precision);
    const auto optimizer = make_optimizer(recipe.optimizer, parameters_of(task.network()));
    EvaluatedWeights evaluated(task.network(), recipe.training, /*metric=*/nullptr);
    set_training(task.network(), recipe.training.frozen);
    const auto train = [&](std::int64_t number) -> Result<void> {
        Gradients gradients =
            gradients_of_step(step, task, recipe.training, order.examples_of(number), number);
        clip_to_norm(gradients.parameters, recipe.optimizer.clip_norm);
        optimizer->step(gradients.parameters, /*learning_rate=*/1e-6, number);
        evaluated.update(number);
        (void)gradients.loss.item<double>();  // waits for the device
        return keep_alive.check();
    };
    std::int64_t number = 0;
    for (; number < warm_up_steps; ++number) {
        TRILBY_CHECK(train(number));
    }
    const auto start = Clock::now();
    do {
        TRILBY_CHECK(train(number++));
    } while (seconds_since(start) < enough_seconds);
    return seconds_since(start) / static_cast<double>(number - warm_up_steps);
}

Result<double> time_evaluation(Task& task, KeepAlive& keep_alive) {
    if (task.count(data::Part::validation) == 0) {
        return 0.0;
    }
    const torch::NoGradGuard no_grad;
    task.network().eval();
    const auto start = Clock::now();
    TRILBY_CHECK(task.evaluate(data::Part::validation, [&] { return keep_alive.check(); }));
    return seconds_since(start);
}

std::uint64_t peak_memory_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

Result<train::Examination> examine(Task& task, const PrecisionQuestion& question,
                                   const JobContext& context) {
    const train::Recipe& recipe = question.recipe;
    TRILBY_CHECK(require_examples(task));
    TRILBY_CHECK(load_start_weights(recipe, state_of(task.network())));
    TRILBY_CHECK(freeze(task.network(), recipe));
    train::ExampleOrder order = order_of(task, recipe.training);
    const auto precision = choose_precision(task, question, context);
    KeepAlive keep_alive(context);
    TRILBY_TRY(seconds_per_step,
               time_steps(task, recipe, precision.value_or(train::PrecisionUse()).name, order,
                          keep_alive));
    TRILBY_TRY(seconds_per_evaluation, time_evaluation(task, keep_alive));
    return train::Examination{.layers = layers_of(task.network()),
                              .parameters = count_parameters(task.network()),
                              .training_examples = task.count(data::Part::training),
                              .validation_examples = task.count(data::Part::validation),
                              .test_examples = task.count(data::Part::test),
                              .steps_per_epoch = order.steps_per_epoch(),
                              .seconds_per_step = seconds_per_step,
                              .seconds_per_evaluation = seconds_per_evaluation,
                              .memory_bytes = peak_memory_bytes(),
                              .precision = precision};
}

}  // namespace trilby::backends
