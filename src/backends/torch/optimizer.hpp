// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// SGD with Nesterov momentum and AdamW (Loshchilov and Hutter, 2019) over lists of tensors, with
/// state that can be saved: torch::optim works tensor by tensor and keeps its step on the host.

#pragma once

#include <cstdint>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/named_tensors.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

class Optimizer {
  public:
    Optimizer(const train::OptimizerSettings& settings, std::vector<torch::Tensor> parameters);

    /// One update of the parameters; `gradients`, in their order, are changed too.
    void step(const std::vector<torch::Tensor>& gradients, double learning_rate);

    /// Slots such as "moment1.0", which a checkpoint holds beside steps().
    [[nodiscard]] NamedTensors state() const;
    [[nodiscard]] std::int64_t steps() const { return steps_; }
    void set_steps(std::int64_t steps) { steps_ = steps; }

  private:
    void step_sgd(const std::vector<torch::Tensor>& gradients, double learning_rate);
    void step_adamw(const std::vector<torch::Tensor>& gradients, double learning_rate);

    train::OptimizerSettings settings_;
    std::vector<torch::Tensor> parameters_;
    std::vector<torch::Tensor> moment1_;  ///< sgd: velocity
    std::vector<torch::Tensor> moment2_;  ///< adamw only
    std::int64_t steps_ = 0;
};

}  // namespace trilby::backends
