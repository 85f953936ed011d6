// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "backends/torch/named_tensors.hpp"
#include "backends/torch/weight_copies.hpp"
#include "train/early_stopping.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

/// The weights that are evaluated instead of those of the last step: their average while a run goes
/// on, and at its end those of the best epoch, as far as the recipe wants them.
class EvaluatedWeights {
  public:
    /// `metric` says which epoch is the best; nullptr without data for validation. The network must
    /// live longer than its weights here.
    EvaluatedWeights(const torch::nn::Module& network, const train::LoopSettings& settings,
                     const train::MetricKind* metric);

    /// Takes in the network's weights after a step (from 0).
    void update(std::int64_t step);
    /// Takes in the metrics of an epoch, with the weights that are in the network now.
    void offer(std::int64_t epoch, const train::Metrics& validation);

    /// Gives the network the weights for an evaluation, as long as the result exists; nullptr if
    /// these are the network's own.
    [[nodiscard]] std::unique_ptr<ExchangedWeights> for_validation() const;
    [[nodiscard]] std::unique_ptr<ExchangedWeights> for_test() const;

    [[nodiscard]] const train::BestEpoch& best_epoch() const { return best_epoch_; }
    /// Whether for_test() gives the weights of best_epoch().
    [[nodiscard]] bool has_best() const { return best_ && best_epoch_.epoch > 0; }
    [[nodiscard]] bool is_patience_over(std::int64_t epoch) const;

    /// "average.*", which update() changes; empty without an average.
    [[nodiscard]] NamedTensors average() const;
    /// "average.*" and "best.*", for a checkpoint. Before the first epoch has ended, the best ones
    /// are the present ones.
    [[nodiscard]] NamedTensors state() const;
    /// After the state was read.
    void restore(train::BestEpoch best) { best_epoch_ = std::move(best); }

  private:
    NamedTensors weights_;  ///< of the network
    std::int64_t patience_;
    const train::MetricKind* metric_;
    std::optional<WeightAverage> average_;
    std::optional<NamedTensors> best_;
    train::BestEpoch best_epoch_;
};

}  // namespace trilby::backends
