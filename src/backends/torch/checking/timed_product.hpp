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
    /// As large as it takes for a product to last long enough to be timed well.
    [[nodiscard]] static TimedProduct of_type(CheckRun& run, torch::ScalarType type);
    /// The smallest that takes at least `seconds`, and so at most about eight times as long. Its
    /// rate is measured as `quantity`.
    [[nodiscard]] static TimedProduct lasting(CheckRun& run, torch::ScalarType type, double seconds,
                                              const validate::Quantity& quantity);
    /// The same product, whose rate is measured as `quantity`.
    [[nodiscard]] TimedProduct measured_as(const validate::Quantity& quantity) const;

    /// Computes it once, times it, and compares the result with the first one.
    Timing repeat(CheckRun& run);
    void measure(CheckRun& run) const { rates_.measure(run); }
    void report(CheckRun& run) const { rates_.report(run); }

    /// Operations per second at its best.
    [[nodiscard]] double best_rate(CheckRun& run) const;
    /// What was computed so far.
    [[nodiscard]] double teraflop() const { return rates_.work() * 1e-3; }

  private:
    TimedProduct(CheckRun& run, torch::ScalarType type, std::int64_t side,
                 const validate::Quantity& quantity);

    [[nodiscard]] torch::Tensor multiply() const { return torch::mm(a_, b_); }
    [[nodiscard]] double operations() const;
    [[nodiscard]] double shortest_seconds(CheckRun& run) const;

    torch::ScalarType type_;
    std::int64_t side_;
    torch::Tensor a_;
    torch::Tensor b_;
    torch::Tensor first_result_;
    Rates rates_;
};

/// The floating-point type in which the device multiplies fastest, and so draws most power.
[[nodiscard]] torch::ScalarType fastest_type(CheckRun& run);

}  // namespace trilby::backends
