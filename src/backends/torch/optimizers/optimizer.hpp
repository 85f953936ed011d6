// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Optimizers over the parameters of a network, with state that can be saved. torch::optim works
/// tensor by tensor, in many passes over memory, and keeps its step on the host.

#pragma once

#include <cstdint>
#include <memory>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/elements.hpp"
#include "backends/torch/optimizers/parameters.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

class Optimizer {
  public:
    Optimizer() = default;
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;
    virtual ~Optimizer() = default;

    /// One update of the parameters; `gradients`, in their order, are changed too. `step` counts
    /// from 0.
    virtual void step(const Tensors& gradients, double learning_rate, std::int64_t step) = 0;

    /// The state that the steps so far have left, apart from the parameters, for a checkpoint.
    [[nodiscard]] virtual NamedTensors state() const = 0;
};

[[nodiscard]] std::unique_ptr<Optimizer> make_optimizer(const train::OptimizerSettings& settings,
                                                        std::vector<Parameter> parameters);

/// Adds tensors to a state, one per parameter, as "SLOT.PARAMETER".
void append_slot(NamedTensors& state, const char* slot, const std::vector<Parameter>& parameters,
                 const Tensors& tensors);

}  // namespace trilby::backends
