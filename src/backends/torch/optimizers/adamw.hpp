// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/optimizers/optimizer.hpp"

namespace trilby::backends {

/// AdamW (Loshchilov and Hutter, 2019).
class AdamW : public Optimizer {
  public:
    AdamW(const train::OptimizerSettings& settings, std::vector<Parameter> parameters);

    void step(const Tensors& gradients, double learning_rate, std::int64_t step) override;
    [[nodiscard]] NamedTensors state() const override;

  private:
    /// 1 - beta^t of both moments, which start at 0.
    struct Corrections {
        double first = 1.0;
        double second = 1.0;
    };
    void step_flat(const Tensors& gradients, double learning_rate, const Corrections& corrections);
    void step_on_device(const Tensors& gradients, double learning_rate,
                        const Corrections& corrections);

    double beta1_;
    double beta2_;
    std::vector<Parameter> parameters_;
    Tensors tensors_;             ///< of the parameters
    std::vector<double> decays_;  ///< of the parameters
    Tensors moments1_;
    Tensors moments2_;
};

}  // namespace trilby::backends
