// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/checking/digest.hpp"
#include "base/random.hpp"

namespace trilby::backends {

/// The random numbers of a check, made on the host. A seed always gives the same ones.
class Draws {
  public:
    /// The i-th number of between() and size() in a round is brought nearer to its lowest value by
    /// halving the distance `halvings[i]` times. The others keep their values.
    explicit Draws(std::uint64_t seed, std::vector<std::uint32_t> halvings = {});

    /// The numbers of a round do not depend on the rounds before.
    void begin_round(std::uint64_t round);

    /// Exact in `type`.
    [[nodiscard]] torch::Tensor reals(torch::IntArrayRef sizes, torch::ScalarType type, double low,
                                      double high);
    [[nodiscard]] torch::Tensor integers(torch::IntArrayRef sizes, torch::ScalarType type,
                                         std::int64_t low, std::int64_t high);
    /// From `low` to `high`, both included.
    [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
    /// A size from 1 that the check has chosen in a way of its own.
    [[nodiscard]] std::int64_t size(std::int64_t chosen);
    [[nodiscard]] std::uint64_t bits();

    /// Tells apart what a round has drawn so far, by the seed, the numbers and the sizes of
    /// tensors.
    [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

  private:
    void note(torch::IntArrayRef sizes);
    std::int64_t noted(std::int64_t number);
    std::int64_t halved(std::uint64_t distance);

    std::uint64_t seed_;
    std::vector<std::uint32_t> halvings_;
    std::size_t drawn_ = 0;  ///< by between() and size() in this round
    Digest digest_;
    SplitMix64 random_;
    torch::Generator generator_;
};

}  // namespace trilby::backends
