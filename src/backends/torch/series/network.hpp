// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Networks that forecast each variable from its own past. They work on tensors of windows x
/// variables x look-back and give windows x variables x horizon.

#pragma once

#include <cstdint>
#include <memory>
#include <torch/torch.h>
#include <utility>

#include "train/series/settings.hpp"

namespace trilby::backends {

/// A part of a network: a forecast from a normalized past.
class Forecaster : public torch::nn::Module {
  public:
    [[nodiscard]] virtual torch::Tensor forward(const torch::Tensor& past) = 0;
};

class SeriesNetwork : public torch::nn::Module {
  public:
    /// Weights follow from `seed`; they are on the CPU and in float32.
    SeriesNetwork(const train::series::Settings& settings, std::int64_t variables,
                  std::int64_t seed);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& past);

  private:
    /// What is subtracted from a window to normalize it, and then what it is divided by.
    [[nodiscard]] std::pair<torch::Tensor, torch::Tensor> level_and_scale(
        const torch::Tensor& past) const;

    bool starts_at_last_value_;
    bool normalizes_;
    std::shared_ptr<Forecaster> forecaster_;
};

}  // namespace trilby::backends
