// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Attention between patches of the past of one variable (PatchTST: Nie et al., 2023).

#pragma once

#include <cstdint>
#include <torch/torch.h>

#include "backends/torch/series/network.hpp"
#include "train/series/settings.hpp"

namespace trilby::backends {

class PatchTransformer : public Forecaster {
  public:
    /// `width` is a multiple of `heads`, and a patch fits into the look-back.
    explicit PatchTransformer(const train::series::Settings& settings);

    torch::Tensor forward(const torch::Tensor& past) override;

  private:
    std::int64_t patch_length_;
    std::int64_t patch_stride_;
    torch::nn::Linear embedding_;
    torch::Tensor positions_;  ///< patches x width
    torch::nn::Dropout dropout_;
    torch::nn::Sequential blocks_;
    torch::nn::LayerNorm norm_;
    torch::nn::Linear head_;
};

}  // namespace trilby::backends
