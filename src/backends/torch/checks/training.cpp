// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Small trainings: one that is compared with the same in float64 on the host, and one that is
/// repeated.

#include <fmt/format.h>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

struct Task {
    Tensor inputs;  ///< float64, on the host, as all of these
    Tensor labels;  ///< int64
    std::vector<Tensor> weights;
};

constexpr double learning_rate = 0.1;

/// Labels that depend on the inputs, so that there is something to learn.
Task dense_task(CheckRun& run) {
    constexpr std::int64_t examples = 64;
    constexpr std::int64_t width = 16;
    constexpr std::int64_t hidden = 32;
    constexpr std::int64_t classes = 4;
    Task task;
    task.inputs = run.reals({examples, width}, torch::kFloat32).to(torch::kFloat64);
    task.labels = task.inputs.mm(run.reals({width, classes}, torch::kFloat64)).argmax(1);
    for (const auto& [rows, columns] : {std::pair{width, hidden}, std::pair{hidden, classes}}) {
        task.weights.push_back(
            run.reals({rows, columns}, torch::kFloat32, -0.3, 0.3).to(torch::kFloat64));
    }
    return task;
}

/// The loss before every step, and after the last.
Tensor losses_of(const Task& task, torch::Device device, torch::ScalarType type, int steps) {
    std::vector<Tensor> weights;
    for (const Tensor& weight : task.weights) {
        weights.push_back(
            weight.to(device, type, /*non_blocking=*/false, /*copy=*/true).requires_grad_());
    }
    const Tensor inputs = task.inputs.to(device, type);
    const Tensor labels = task.labels.to(device);
    torch::optim::SGD optimizer(weights, torch::optim::SGDOptions(learning_rate).momentum(0.9));
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

/// The parameters of a small image network after a few steps.
Tensor train_images(const Tensor& images, const Tensor& labels, const Tensor& filters,
                    const Tensor& weights) {
    const Tensor kernel = filters.clone().requires_grad_();
    const Tensor matrix = weights.clone().requires_grad_();
    torch::optim::Adam optimizer({kernel, matrix}, torch::optim::AdamOptions(0.01));
    for (int step = 0; step < 4; ++step) {
        optimizer.zero_grad();
        const Tensor features =
            torch::max_pool2d(torch::relu(torch::conv2d(images, kernel)), 2).flatten(1);
        torch::cross_entropy_loss(features.mm(matrix), labels).backward();
        optimizer.step();
    }
    return torch::cat({kernel.detach().view(-1), matrix.detach().view(-1)});
}

}  // namespace

void check_training(CheckRun& run) {
    constexpr int steps = 30;
    // Each step multiplies the error of the one before by a little more than one.
    constexpr double bound = 2e-4;
    while (run.next_round()) {
        const Task task = dense_task(run);
        const std::string what = "losses of a training";
        const Tensor found = run.compute(
            what, [&] { return losses_of(task, run.device(), torch::kFloat32, steps); });
        const Tensor expected = losses_of(task, torch::kCPU, torch::kFloat64, steps);
        run.expect_close(what, found, expected, (1 + expected.abs()) * bound);
        const double first = found[0].item<double>();
        const double last = found[steps].item<double>();
        run.expect(last < first, "the loss goes down", fmt::format("less than {:.6g}", first),
                   last);
    }
}

void check_determinism(CheckRun& run) {
    while (run.next_round()) {
        const Tensor images = run.on_device(run.reals({16, 3, 20, 20}, torch::kFloat32));
        const Tensor labels = run.on_device(run.integers({16}, torch::kInt64, 0, 9));
        const Tensor filters = run.on_device(run.reals({8, 3, 5, 5}, torch::kFloat32, -0.2, 0.2));
        const Tensor weights =
            run.on_device(run.reals({8 * 8 * 8, 10}, torch::kFloat32, -0.05, 0.05));
        const auto train = [&] { return train_images(images, labels, filters, weights); };
        const std::string what = "parameters after training";
        const Tensor first = run.compute(what, train);
        run.expect_same(what + ", a third time", run.fetch(train()), first);
    }
}

}  // namespace trilby::backends
