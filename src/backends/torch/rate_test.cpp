// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/rate_test.hpp"

#include <cmath>

#include "backends/torch/frozen_parts.hpp"
#include "backends/torch/optimizers/clipping.hpp"
#include "backends/torch/optimizers/optimizer.hpp"
#include "backends/torch/start_weights.hpp"
#include "backends/torch/step_gradients.hpp"
#include "base/try.hpp"
#include "train/example_order.hpp"

namespace trilby::backends {
namespace {

void report_progress(std::int64_t step, const JobContext& context) {
    context.event({{"type", "progress"}, {"step", step}, {"steps", train::rate_test_steps}});
}

train::RateTest raise_rate(Task& task, const train::Recipe& recipe, train::Precision precision,
                           const JobContext& context) {
    TrainingStep step(task, recipe.training.batch_size, /*graph=*/nullptr);
    step.set_precision(precision);
    const auto optimizer = make_optimizer(recipe.optimizer, parameters_of(task.network()));
    train::ExampleOrder order = order_of(task, recipe.training);
    set_training(task.network(), recipe.training.frozen);
    train::RateTest test;
    for (std::int64_t number = 0; number < train::rate_test_steps && !context.is_cancelled();
         ++number) {
        const Gradients gradients =
            gradients_of_step(step, task, recipe.training, order.examples_of(number), number);
        const double rate = train::tested_rate(number);
        test.points.push_back({rate, gradients.loss.item<double>()});
        if (train::is_diverging(test.points)) {
            break;
        }
        clip_to_norm(gradients.parameters, recipe.optimizer.clip_norm);
        optimizer->step(gradients.parameters, rate, number);
        report_progress(number + 1, context);
    }
    return test;
}

}  // namespace

Result<train::RateTest> test_rates(Task& task, const PrecisionQuestion& question,
                                   const JobContext& context) {
    TRILBY_CHECK(require_examples(task));
    TRILBY_CHECK(load_start_weights(question.recipe, state_of(task.network())));
    TRILBY_CHECK(freeze(task.network(), question.recipe));
    const auto precision = choose_precision(task, question, context);
    train::RateTest test =
        raise_rate(task, question.recipe, precision.value_or(train::PrecisionUse()).name, context);
    if (context.is_cancelled()) {
        return failure(ErrorCode::interrupted, "interrupted");
    }
    if (!test.points.empty() && !std::isfinite(test.points.back().loss)) {
        test.points.pop_back();  // JSON has no such number
    }
    return test;
}

}  // namespace trilby::backends
