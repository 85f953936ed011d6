// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/image_training.hpp"

#include <string>

namespace trilby::backends {

using torch::Tensor;

ImageTraining::ImageTraining(CheckRun& run, std::int64_t examples)
    : images_(run.on_device(run.reals({examples, 3, 20, 20}, torch::kFloat32))),
      labels_(run.on_device(run.integers({examples}, torch::kInt64, 0, 9))),
      filters_(run.on_device(run.reals({8, 3, 5, 5}, torch::kFloat32, -0.2, 0.2))),
      weights_(run.on_device(run.reals({8 * 8 * 8, 10}, torch::kFloat32, -0.05, 0.05))) {}

Tensor ImageTraining::parameters() const {
    const Tensor filters = filters_.clone().requires_grad_();
    const Tensor weights = weights_.clone().requires_grad_();
    torch::optim::Adam optimizer({filters, weights}, torch::optim::AdamOptions(0.01));
    for (int step = 0; step < steps; ++step) {
        optimizer.zero_grad();
        const Tensor features =
            torch::max_pool2d(torch::relu(torch::conv2d(images_, filters)), 2).flatten(1);
        torch::cross_entropy_loss(features.mm(weights), labels_).backward();
        optimizer.step();
    }
    return torch::cat({filters.detach().view(-1), weights.detach().view(-1)});
}

void repeat_image_training(CheckRun& run) {
    constexpr std::int64_t examples = 16;
    const ImageTraining training(run, examples);
    const std::string what = "parameters after training";
    const Tensor first = run.compute(what, [&] { return training.parameters(); });
    run.expect_same(what + ", a third time", run.fetch(training.parameters()), first);
}

}  // namespace trilby::backends
