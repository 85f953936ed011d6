// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/optimizers/optimizer.hpp"

namespace trilby::backends {

/// SGD with Nesterov momentum; weight decay is L2.
class Sgd : public Optimizer {
  public:
    Sgd(const train::OptimizerSettings& settings, std::vector<Parameter> parameters);

    void step(const Tensors& gradients, double learning_rate, std::int64_t step) override;
    [[nodiscard]] NamedTensors state() const override;

  private:
    void step_flat(const Tensors& gradients, double learning_rate);
    void step_on_device(const Tensors& gradients, double learning_rate);

    double momentum_;
    std::vector<Parameter> parameters_;
    Tensors tensors_;             ///< of the parameters
    std::vector<double> decays_;  ///< of the parameters
    Tensors velocities_;
};

}  // namespace trilby::backends
