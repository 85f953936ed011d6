// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Other values for the tensors of a network than those that training changes now.

#pragma once

#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/elements.hpp"

namespace trilby::backends {

[[nodiscard]] Tensors tensors_of(const NamedTensors& named);
[[nodiscard]] NamedTensors copies_of(const NamedTensors& tensors);
/// Copies into the memory of `to`, which a recorded graph reads.
void copy_values(const Tensors& from, const Tensors& to);

/// Gives a network other values as long as it exists.
class ExchangedWeights {
  public:
    ExchangedWeights(Tensors weights, const Tensors& values);
    ~ExchangedWeights() { copy_values(kept_, weights_); }
    ExchangedWeights(const ExchangedWeights&) = delete;
    ExchangedWeights& operator=(const ExchangedWeights&) = delete;

  private:
    Tensors weights_;
    Tensors kept_;
};

/// The exponential moving average of a network's weights and of what else training changes, such as
/// the means of a batch norm. It is often better than the last weights, which still jump around.
class WeightAverage {
  public:
    /// The average starts with the weights. It keeps `decay` of itself at a step. The parts that
    /// are frozen do not change.
    WeightAverage(const NamedTensors& weights, double decay,
                  const std::vector<std::string>& frozen = {});

    /// Takes in the weights after `step` (from 0).
    void update(std::int64_t step);
    [[nodiscard]] const NamedTensors& values() const { return values_; }

    /// The decay at a step: less in the first ones, so that the average soon forgets the weights of
    /// the start.
    [[nodiscard]] static double decay_at(std::int64_t step, double decay);

  private:
    NamedTensors values_;
    double decay_;
    Tensors weights_;   ///< those with an average
    Tensors averages_;  ///< of weights_
    Tensors copied_;    ///< those that are not averaged: integers, and masks of infinite numbers
    Tensors copies_;    ///< of copied_
};

}  // namespace trilby::backends
