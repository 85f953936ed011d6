// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// A scalar function of one tensor that is made of operations with smooth derivatives.
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

/// The slope along a random direction, from both sides, must agree with the gradient.
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
    // The third derivative costs about step^2 and rounding 1e-16 / step, both far less than this.
    const double bound = 1e-6 * (1 + gradient.abs().sum().item<double>());
    run.expect(std::abs(slope - expected) <= bound, what,
               fmt::format("{:.12g} +- {:.2g}", expected, bound), slope);
}

}  // namespace

void checks::autograd(CheckRun& run) {
    while (run.next_round()) {
        for (const Expression& expression : expressions()) {
            check_expression(run, expression);
        }
    }
}

}  // namespace trilby::backends
