// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// A small classification task and the initial weights of its network, on the host.
struct SmallTraining {
    Tensor inputs;  ///< float64
    Tensor labels;  ///< int64
    std::vector<Tensor> weights;
};

constexpr double step_size = 0.1;

/// The labels depend on the inputs, so that there is something to learn.
SmallTraining dense_task(CheckRun& run) {
    constexpr std::int64_t examples = 64;
    constexpr std::int64_t width = 16;
    constexpr std::int64_t hidden = 32;
    constexpr std::int64_t classes = 4;
    SmallTraining task;
    task.inputs = run.reals({examples, width}, torch::kFloat32).to(torch::kFloat64);
    task.labels = task.inputs.mm(run.reals({width, classes}, torch::kFloat64)).argmax(1);
    for (const auto& [rows, columns] : {std::pair{width, hidden}, std::pair{hidden, classes}}) {
        task.weights.push_back(
            run.reals({rows, columns}, torch::kFloat32, -0.3, 0.3).to(torch::kFloat64));
    }
    return task;
}

/// The losses before every step and after the last.
Tensor losses_of(const SmallTraining& task, torch::Device device, torch::ScalarType type,
                 int steps) {
    std::vector<Tensor> weights;
    for (const Tensor& weight : task.weights) {
        weights.push_back(
            weight.to(device, type, /*non_blocking=*/false, /*copy=*/true).requires_grad_());
    }
    const Tensor inputs = task.inputs.to(device, type);
    const Tensor labels = task.labels.to(device);
    torch::optim::SGD optimizer(weights, torch::optim::SGDOptions(step_size).momentum(0.9));
    std::vector<Tensor> losses;
    for (int step = 0; step <= steps; ++step) {
        optimizer.zero_grad();
        const Tensor loss =
            torch::cross_entropy_loss(inputs.mm(weights[0]).tanh().mm(weights[1]), labels);
        loss.backward();
        optimizer.step();
        losses.push_back(loss.detach());
    }
    return torch::stack(losses);
}

/// The losses on the device must repeat, follow those in float64 on the host, and go down.
void check_task(CheckRun& run, const SmallTraining& task) {
    constexpr int steps = 30;
    // Each step multiplies the error of the one before by a little more than one.
    constexpr double bound = 2e-4;
    const std::string what = "losses of a training";
    const auto train = [&] { return losses_of(task, run.device(), torch::kFloat32, steps); };
    const Tensor found = run.compute(what, train);
    // A stuck bit in memory may change a loss by less than the bound. With each loss one place
    // further on, it strikes another one.
    run.expect_same(what + ", elsewhere", run.fetch(train().roll(1)), found.roll(1));
    const Tensor expected = losses_of(task, torch::kCPU, torch::kFloat64, steps);
    run.expect_close(what, found, expected, (1 + expected.abs()) * bound);
    const double first = found[0].item<double>();
    const double last = found[steps].item<double>();
    run.expect(last < first, "the loss goes down", fmt::format("less than {:.6g}", first), last);
}

}  // namespace

void checks::training(CheckRun& run) {
    while (run.next_round()) {
        check_task(run, dense_task(run));
    }
}

}  // namespace trilby::backends
