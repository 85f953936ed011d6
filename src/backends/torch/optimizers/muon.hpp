// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/optimizers/adamw.hpp"
#include "backends/torch/optimizers/optimizer.hpp"

namespace trilby::backends {

/// A matrix with the singular vectors of `matrix` and singular values of about 1. Five steps of
/// Newton and Schulz's iteration, with the coefficients of Jordan et al., quickly bring them to
/// between 0.7 and 1.2 instead of slowly to 1.
[[nodiscard]] torch::Tensor orthogonalized(const torch::Tensor& matrix);

/// Muon (Jordan et al., 2024): Nesterov momentum whose update is made orthogonal, so that it moves
/// a layer's output by as much in all directions. It is for matrices between layers; AdamW moves
/// the other parameters.
class Muon : public Optimizer {
  public:
    Muon(const train::OptimizerSettings& settings, const std::vector<Parameter>& parameters);

    void step(const Tensors& gradients, double learning_rate, std::int64_t step) override;
    [[nodiscard]] NamedTensors state() const override;

  private:
    double momentum_;
    double weight_decay_;
    double adamw_rate_;                   ///< as a fraction of the learning rate
    std::vector<std::size_t> positions_;  ///< of the matrices among all parameters
    std::vector<std::size_t> other_positions_;
    std::vector<Parameter> parameters_;  ///< the matrices
    Tensors tensors_;                    ///< of the matrices
    Tensors momenta_;
    AdamW others_;
};

}  // namespace trilby::backends
