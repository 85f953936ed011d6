// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>

#include "backends/torch/checking/check_run.hpp"

namespace trilby::backends {

/// A few training steps of a small image network; all tensors are on the device.
class ImageTraining {
  public:
    static constexpr int steps = 4;

    ImageTraining(CheckRun& run, std::int64_t examples);

    /// Trains a copy of the network and returns its parameters.
    [[nodiscard]] torch::Tensor parameters() const;

  private:
    torch::Tensor images_;
    torch::Tensor labels_;
    torch::Tensor filters_;
    torch::Tensor weights_;
};

/// Trains the same network three times; the parameters must agree.
void repeat_image_training(CheckRun& run);

}  // namespace trilby::backends
