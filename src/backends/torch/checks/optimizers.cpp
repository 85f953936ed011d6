// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// The state of an optimizer for one parameter, in scalar code.
struct State {
    Wide first = 0;
    Wide second = 0;
};

constexpr double learning_rate = 0.05;
constexpr double momentum = 0.9;
constexpr double second_decay = 0.999;
constexpr double smoothing = 0.99;
constexpr double denominator_floor = 1e-8;

Wide sgd_step(State& state, Wide gradient, int /*step*/) {
    state.first = momentum * state.first + gradient;
    return learning_rate * state.first;
}

Wide adam_step(State& state, Wide gradient, int step) {
    state.first = momentum * state.first + (1 - momentum) * gradient;
    state.second = second_decay * state.second + (1 - second_decay) * gradient * gradient;
    const Wide first = state.first / (1 - std::pow(Wide{momentum}, step));
    const Wide second = state.second / (1 - std::pow(Wide{second_decay}, step));
    return learning_rate * first / (std::sqrt(second) + denominator_floor);
}

Wide rmsprop_step(State& state, Wide gradient, int /*step*/) {
    state.second = smoothing * state.second + (1 - smoothing) * gradient * gradient;
    return learning_rate * gradient / (std::sqrt(state.second) + denominator_floor);
}

struct OptimizerCase {
    const char* name;
    std::unique_ptr<torch::optim::Optimizer> (*make)(const Tensor& parameter);
    Wide (*step)(State&, Wide gradient, int step);
};

constexpr std::array optimizer_cases{
    OptimizerCase{"SGD with momentum",
                  [](const Tensor& parameter) -> std::unique_ptr<torch::optim::Optimizer> {
                      return std::make_unique<torch::optim::SGD>(
                          std::vector{parameter},
                          torch::optim::SGDOptions(learning_rate).momentum(momentum));
                  },
                  sgd_step},
    OptimizerCase{"Adam",
                  [](const Tensor& parameter) -> std::unique_ptr<torch::optim::Optimizer> {
                      return std::make_unique<torch::optim::Adam>(
                          std::vector{parameter}, torch::optim::AdamOptions(learning_rate)
                                                      .betas({momentum, second_decay})
                                                      .eps(denominator_floor));
                  },
                  adam_step},
    OptimizerCase{"RMSprop",
                  [](const Tensor& parameter) -> std::unique_ptr<torch::optim::Optimizer> {
                      return std::make_unique<torch::optim::RMSprop>(
                          std::vector{parameter}, torch::optim::RMSpropOptions(learning_rate)
                                                      .alpha(smoothing)
                                                      .eps(denominator_floor));
                  },
                  rmsprop_step}};

constexpr int optimizer_steps = 5;

Tensor in_scalar_code(const OptimizerCase& optimizer, const Tensor& start,
                      const std::vector<Tensor>& gradients) {
    auto parameters = values_of(start);
    std::vector<State> states(parameters.size());
    for (int step = 0; step < optimizer_steps; ++step) {
        const auto gradient = values_of(gradients[static_cast<std::size_t>(step)]);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            parameters[i] -= optimizer.step(states[i], gradient[i], step + 1);
        }
    }
    return tensor_of(parameters, start.sizes());
}

/// Takes steps with given gradients, so that only the update is checked.
void check_optimizer(CheckRun& run, const OptimizerCase& optimizer) {
    const std::int64_t count = run.between(10, 2000);
    const Tensor start = run.reals({count}, torch::kFloat32);
    std::vector<Tensor> gradients;
    for (int step = 0; step < optimizer_steps; ++step) {
        // Away from zero, where Adam divides by almost nothing.
        const Tensor signs = run.integers({count}, torch::kFloat32, 0, 1) * 2 - 1;
        gradients.push_back(run.reals({count}, torch::kFloat32, 0.1, 1) * signs);
    }
    const std::string what = optimizer.name;
    const Tensor found = run.compute(what, [&] {
        const Tensor parameter = run.on_device(start.clone()).requires_grad_();
        const auto steps = optimizer.make(parameter);
        for (const Tensor& gradient : gradients) {
            parameter.mutable_grad() = run.on_device(gradient);
            steps->step();
        }
        return parameter.detach();
    });
    const Tensor expected = in_scalar_code(optimizer, start, gradients);
    // Each step has about ten roundings of values that are no larger than 1.
    const double bound = 32.0 * optimizer_steps * roundoff_of(torch::kFloat32);
    run.expect_close(what, found, expected, torch::full({}, bound, torch::kFloat64));
}

}  // namespace

void checks::optimizers(CheckRun& run) {
    while (run.next_round()) {
        for (const OptimizerCase& optimizer : optimizer_cases) {
            check_optimizer(run, optimizer);
        }
    }
}

}  // namespace trilby::backends
