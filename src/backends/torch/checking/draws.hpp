// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>

#include "base/random.hpp"

namespace trilby::backends {

/// The random numbers of a check, made on the host. A seed always gives the same ones.
class Draws {
  public:
    explicit Draws(std::uint64_t seed);

    /// Gives the tensors of the next round a seed of their own.
    void begin_round() { generator_.set_current_seed(random_()); }

    /// Exact in `type`.
    [[nodiscard]] torch::Tensor reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                                      double high);
    [[nodiscard]] torch::Tensor integers(torch::IntArrayRef sizes, torch::ScalarType type,
                                         std::int64_t low, std::int64_t high);
    /// From `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
    [[nodiscard]] std::uint64_t bits() { return random_(); }

  private:
    SplitMix64 random_;
    torch::Generator generator_;
};

}  // namespace trilby::backends
