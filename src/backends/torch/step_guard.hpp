// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds silent faults of the hardware while it trains: steps are repeatable, so a step that is
/// computed twice from the same state must give the same bits.

#pragma once

#include <cstdint>
#include <functional>
#include <torch/torch.h>

#include "backends/torch/named_tensors.hpp"
#include "train/events.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

class StepGuard {
  public:
    /// Computes every `interval`-th step twice, 0: none. `state` has all tensors that a step
    /// changes.
    StepGuard(NamedTensors state, std::int64_t interval);

    /// `step` counts from 0. The last step of each interval is due.
    [[nodiscard]] bool is_due(std::int64_t step) const;

    /// Calls `compute` twice, which returns the loss of a step or its error. ErrorCode::failed if
    /// loss or state differ; the state is then that of before.
    [[nodiscard]] Result<torch::Tensor> twice(
        const std::function<Result<torch::Tensor>()>& compute);

    /// Nothing if no step is to be computed twice.
    [[nodiscard]] std::optional<train::Verification> verification() const;

  private:
    NamedTensors state_;
    NamedTensors before_;  ///< copies of the state; empty until they are needed
    NamedTensors first_;
    train::Verification done_;
};

}  // namespace trilby::backends
