// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Small trainings: one that is compared with the same in float64 on the host, and one that is
/// repeated.

#include <fmt/format.h>
#include <optional>

#include "backends/torch/checks/checks.hpp"
#include "backends/torch/checks/rates.hpp"

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

/// A small image network at its start, and the images that it learns; all on the device.
struct ImageTask {
    Tensor images;
    Tensor labels;
    Tensor filters;
    Tensor weights;
};

ImageTask image_task(CheckRun& run, std::int64_t examples) {
    return {run.on_device(run.reals({examples, 3, 20, 20}, torch::kFloat32)),
            run.on_device(run.integers({examples}, torch::kInt64, 0, 9)),
            run.on_device(run.reals({8, 3, 5, 5}, torch::kFloat32, -0.2, 0.2)),
            run.on_device(run.reals({8 * 8 * 8, 10}, torch::kFloat32, -0.05, 0.05))};
}

constexpr int image_steps = 4;

/// The parameters after a few steps.
Tensor train_images(const ImageTask& task) {
    const Tensor kernel = task.filters.clone().requires_grad_();
    const Tensor matrix = task.weights.clone().requires_grad_();
    torch::optim::Adam optimizer({kernel, matrix}, torch::optim::AdamOptions(0.01));
    for (int step = 0; step < image_steps; ++step) {
        optimizer.zero_grad();
        const Tensor features =
            torch::max_pool2d(torch::relu(torch::conv2d(task.images, kernel)), 2).flatten(1);
        torch::cross_entropy_loss(features.mm(matrix), task.labels).backward();
        optimizer.step();
    }
    return torch::cat({kernel.detach().view(-1), matrix.detach().view(-1)});
}

/// The same training three times, which must agree.
void repeat_training(CheckRun& run) {
    const ImageTask task = image_task(run, 16);
    const std::string what = "parameters after training";
    const Tensor first = run.compute(what, [&] { return train_images(task); });
    run.expect_same(what + ", a third time", run.fetch(train_images(task)), first);
}

}  // namespace

void check_training(CheckRun& run) {
    constexpr int steps = 30;
    // Each step multiplies the error of the one before by a little more than one.
    constexpr double bound = 2e-4;
    while (run.next_round()) {
        const Task task = dense_task(run);
        const std::string what = "losses of a training";
        const auto train = [&] { return losses_of(task, run.device(), torch::kFloat32, steps); };
        const Tensor found = run.compute(what, train);
        // A bit that is stuck in memory may change a loss by less than the bound; but it strikes
        // another one where each of them lies one place further on.
        run.expect_same(what + ", elsewhere", run.fetch(train().roll(1)), found.roll(1));
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
        repeat_training(run);
    }
}

void check_training_speed(CheckRun& run) {
    constexpr std::int64_t examples = 256;
    Rates rates("training", "images/s");
    std::optional<ImageTask> task;
    Tensor first;
    while (run.next_round()) {
        if (!task) {
            task = image_task(run, examples);
            first = train_images(*task);
        }
        Tensor parameters;
        const Timing timing = run.time([&] { parameters = train_images(*task); });
        rates.add(run.progress(), image_steps * examples, timing);
        run.disturb(parameters);
        run.expect_same_there("parameters after training", parameters, first);
    }
    rates.report(run);
}

void check_processes(CheckRun& run) {
    while (run.next_round()) {
        if (run.round() % 2 == 0) {
            hold_memory(run);
        } else {
            repeat_training(run);
        }
    }
}

}  // namespace trilby::backends
