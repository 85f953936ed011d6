// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The loss and the gradients of one batch.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/graph.hpp"
#include "backends/torch/task.hpp"
#include "train/precision.hpp"

namespace trilby::backends {

struct Gradients {
    torch::Tensor loss;                     ///< mean over the batch, a scalar
    std::vector<torch::Tensor> parameters;  ///< of the loss, by the network's trainable parameters
};

/// Launches operations one by one at first, and as a graph once the graph has computed the same
/// bits.
class TrainingStep {
  public:
    /// `task`, whose network must be in training, and `graph` must outlive the step. `graph` may be
    /// nullptr; it serves batches of `batch_size` examples, others are computed without it.
    TrainingStep(Task& task, std::int64_t batch_size, Graph* graph);

    /// The precision of the steps from now on; before that, it is float32. Not after the first step
    /// with a graph.
    void set_precision(train::Precision precision) { precision_ = precision; }

    /// `seed` decides what is random in the network. The caller may change the result, which is
    /// valid until the next call.
    Gradients compute(const Batch& batch, std::uint64_t seed);

    /// The gradients of a process that has no examples in a step.
    [[nodiscard]] Gradients no_gradients() const;

    /// "used", the reason why not, or nothing where the device has no graphs or the run was too
    /// short.
    [[nodiscard]] std::optional<std::string> describe_graph() const;

  private:
    enum class GraphUse { undecided, used, refused };

    torch::Tensor loss_of(const Batch& batch);
    Gradients compute_eagerly(const Batch& batch);
    Gradients decide(const Batch& batch, std::uint64_t seed);
    void record(const Batch& batch, std::uint64_t seed);
    Gradients replay(const Batch& batch);
    void refuse(std::string why);

    Task& task_;
    std::vector<torch::Tensor> parameters_;  ///< those of the network that are trained
    std::int64_t batch_size_;
    Graph* graph_;
    train::Precision precision_ = train::Precision::float32;
    GraphUse use_ = GraphUse::undecided;
    std::string why_refused_;
    std::int64_t eager_steps_ = 0;
    Batch recorded_batch_;          ///< the input of the graph
    Gradients recorded_gradients_;  ///< the output of the graph
};

}  // namespace trilby::backends
