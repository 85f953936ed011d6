// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>

#include "backends/torch/checking/rates.hpp"

namespace trilby::backends {

/// A matrix product that takes long enough to be timed, and can be checked again and again.
class TimedProduct {
  public:
    /// As large as it takes for a product to last long enough.
    [[nodiscard]] static TimedProduct of_type(CheckRun& run, torch::ScalarType type);

    /// Computes it once, times it, and compares the result with the first one.
    void repeat(CheckRun& run);
    void report(CheckRun& run) const { rates_.report(run); }

  private:
    TimedProduct(CheckRun& run, torch::ScalarType type, std::int64_t side);

    [[nodiscard]] torch::Tensor multiply() const { return torch::mm(a_, b_); }
    [[nodiscard]] double shortest_seconds(CheckRun& run) const;

    torch::ScalarType type_;
    std::int64_t side_;
    torch::Tensor a_;
    torch::Tensor b_;
    torch::Tensor first_result_;
    Rates rates_;
};

}  // namespace trilby::backends
