// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/step_gradients.hpp"

#include <algorithm>

#include "train/schedule.hpp"

namespace trilby::backends {
namespace {

/// `gradients` times `share`, in memory of their own: a graph reuses that of its results.
Gradients share_of(const Gradients& gradients, double share) {
    Gradients scaled{gradients.loss.mul(share), {}};
    scaled.parameters.reserve(gradients.parameters.size());
    for (const torch::Tensor& gradient : gradients.parameters) {
        scaled.parameters.push_back(gradient.mul(share));
    }
    return scaled;
}

/// Rounds the product first, as processes do that add up their shares.
void add_share(Gradients& sum, const Gradients& gradients, double share) {
    sum.loss.add_(gradients.loss.mul(share));
    for (std::size_t i = 0; i < sum.parameters.size(); ++i) {
        sum.parameters[i].add_(gradients.parameters[i].mul(share));
    }
}

}  // namespace

Gradients gradients_of(TrainingStep& step, const Task& task, const train::LoopSettings& settings,
                       std::span<const std::int64_t> examples, std::int64_t first_batch) {
    const auto compute = [&](std::span<const std::int64_t> batch, std::int64_t batch_number) {
        const std::uint64_t seed = train::step_seed(settings.seed, batch_number);
        return step.compute(task.batch(batch, seed), seed);
    };
    const auto size = static_cast<std::size_t>(settings.batch_size);
    std::int64_t batch_number = first_batch;
    if (examples.size() <= size) {
        return compute(examples, batch_number);
    }
    Gradients mean;
    for (std::size_t first = 0; first < examples.size(); first += size) {
        const auto batch = examples.subspan(first, std::min(size, examples.size() - first));
        const double share =
            static_cast<double>(batch.size()) / static_cast<double>(examples.size());
        const Gradients gradients = compute(batch, batch_number++);
        if (mean.parameters.empty()) {
            mean = share_of(gradients, share);
        } else {
            add_share(mean, gradients, share);
        }
    }
    return mean;
}

Gradients gradients_of_step(TrainingStep& step, const Task& task,
                            const train::LoopSettings& settings,
                            std::span<const std::int64_t> examples, std::int64_t number) {
    return gradients_of(step, task, settings, examples, number * settings.accumulation);
}

}  // namespace trilby::backends
