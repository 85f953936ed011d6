// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text, token by token, from a network that has learned to continue it.

#pragma once

#include <cstdint>
#include <span>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/text/network.hpp"
#include "base/random.hpp"
#include "train/text/sampling.hpp"

namespace trilby::backends {

class TextGenerator {
  public:
    /// `network`, which must outlive the generator, computes on `device` and is in evaluation. The
    /// tokens follow from the weights, what is read, and `seed`.
    TextGenerator(TextNetwork& network, const torch::Device& device,
                  const train::text::SamplingSettings& settings, std::uint64_t seed);

    /// Reads what comes before the next token, at least one token in all. When that is longer than
    /// the context, only its last part, half a context, is remembered.
    void read(std::span<const std::int64_t> tokens);

    /// Chooses a token after those that were read, and reads it too.
    [[nodiscard]] std::int64_t next();

    /// The scores by which next() chooses: one per token, on the CPU.
    [[nodiscard]] const torch::Tensor& scores() const { return scores_; }

  private:
    TextNetwork& network_;
    torch::Device device_;
    train::text::SamplingSettings settings_;
    SplitMix64 random_;
    std::vector<std::int64_t> seen_;  ///< the tokens in the memory
    TextMemory memory_;
    torch::Tensor scores_;
};

}  // namespace trilby::backends
