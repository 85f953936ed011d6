// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Backward passes and the optimizers that use them.

#include <cmath>
#include <fmt/format.h>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/reference.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// A scalar function of one tensor, all of whose operations have smooth derivatives.
struct Expression {
    const char* name;
    std::vector<std::int64_t> sizes;
    Tensor (*value)(const Tensor& x, const Tensor& weight);
    std::vector<std::int64_t> weight_sizes;
};

const std::vector<Expression>& expressions() {
    static const std::vector<Expression> all{
        {"dense layer",
         {7, 5},
         [](const Tensor& x, const Tensor& w) { return x.mm(w).tanh().square().sum(); },
         {5, 6}},
        {"softmax",
         {4, 9},
         [](const Tensor& x, const Tensor& w) { return (x.softmax(1) * w).sum(); },
         {4, 9}},
        {"layer norm",
         {4, 8},
         [](const Tensor& x, const Tensor& w) {
             return (torch::layer_norm(x, {8}) * w).sigmoid().sum();
         },
         {4, 8}},
        {"convolution",
         {2, 3, 6, 6},
         [](const Tensor& x, const Tensor& w) {
             return torch::avg_pool2d(torch::conv2d(x, w).sin(), 2).square().sum();
         },
         {4, 3, 3, 3}},
        {"attention",
         {2, 6, 4},
         [](const Tensor& x, const Tensor& w) {
             const Tensor weights = x.matmul(x.transpose(1, 2)).div(2).softmax(-1);
             return weights.matmul(x).mul(w).sum();
         },
         {2, 6, 4}},
        {"reductions",
         {6, 5},
         [](const Tensor& x, const Tensor& w) {
             return (x.logsumexp(1) * x.var(1) * w).sum() + x.cumsum(0).exp().mean();
         },
         {6}}};
    return all;
}

/// The slope along a random direction, from both sides, must be the gradient's.
void check_expression(CheckRun& run, const Expression& expression) {
    const Tensor x = run.reals(expression.sizes, torch::kFloat64);
    const Tensor direction = run.reals(expression.sizes, torch::kFloat64);
    const Tensor weight = run.on_device(run.reals(expression.weight_sizes, torch::kFloat64));
    const std::string what = fmt::format("gradient of {}", expression.name);
    const Tensor gradient = run.compute(what, [&] {
        const Tensor input = run.on_device(x.clone()).requires_grad_();
        expression.value(input, weight).backward();
        return input.grad();
    });
    const auto value_at = [&](double step) {
        const Tensor at = run.on_device(x + direction * step);
        return run.compute(what + ", value", [&] { return expression.value(at, weight); })
            .item<double>();
    };
    constexpr double step = 1e-5;
    const double slope = (value_at(step) - value_at(-step)) / (2 * step);
    const double expected = (gradient * direction).sum().item<double>();
    // The third derivative costs about step^2, rounding 1e-16 / step; both far below this.
    const double bound = 1e-6 * (1 + gradient.abs().sum().item<double>());
    run.expect(std::abs(slope - expected) <= bound, what,
               fmt::format("{:.12g} +- {:.2g}", expected, bound), slope);
}

/// What an optimizer keeps for one parameter, in scalar code.
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

constexpr std::array optimizers{
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

/// Steps with gradients that are given, so that only the update is checked.
void check_optimizer(CheckRun& run, const OptimizerCase& optimizer) {
    const std::int64_t count = run.between(10, 2000);
    const Tensor start = run.reals({count}, torch::kFloat32);
    std::vector<Tensor> gradients;
    for (int step = 0; step < optimizer_steps; ++step) {
        // Not near zero, where Adam divides by next to nothing.
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
    auto expected = values_of(start);
    std::vector<State> states(expected.size());
    for (int step = 0; step < optimizer_steps; ++step) {
        const auto gradient = values_of(gradients[static_cast<std::size_t>(step)]);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            expected[i] -= optimizer.step(states[i], gradient[i], step + 1);
        }
    }
    // Each step has about ten roundings of values that are no larger than 1.
    const double bound = 32.0 * optimizer_steps * roundoff_of(torch::kFloat32);
    run.expect_close(what, found, tensor_of(expected, start.sizes()),
                     torch::full({}, bound, torch::kFloat64));
}

}  // namespace

void check_autograd(CheckRun& run) {
    while (run.next_round()) {
        for (const Expression& expression : expressions()) {
            check_expression(run, expression);
        }
    }
}

void check_optimizers(CheckRun& run) {
    while (run.next_round()) {
        for (const OptimizerCase& optimizer : optimizers) {
            check_optimizer(run, optimizer);
        }
    }
}

}  // namespace trilby::backends
