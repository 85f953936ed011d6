// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>
#include <vector>

#include "train/loss_record.hpp"

namespace trilby::backends {

/// The losses of an epoch's steps. They stay on the device for a while: reading each would make a
/// GPU wait.
class EpochLoss {
  public:
    explicit EpochLoss(const torch::Device& device);

    /// The mean loss of a step, a scalar.
    void add(const torch::Tensor& loss, std::int64_t examples);
    /// The losses of all steps so far. Waits for the device.
    [[nodiscard]] const train::LossRecord& record();
    /// Continues after the steps of `record`.
    void restart(const train::LossRecord& record);

  private:
    torch::Tensor waiting_;               ///< losses that were not read yet, on the device
    std::vector<std::int64_t> examples_;  ///< of these losses
    train::LossRecord record_;
};

}  // namespace trilby::backends
