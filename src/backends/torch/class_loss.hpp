// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/task.hpp"
#include "train/events.hpp"
#include "train/recipe.hpp"

namespace trilby::backends {

/// The loss of scores of classes in training.
class ClassLoss {
  public:
    /// `labels` gives those of the training examples, which only balanced weights need; undefined
    /// where there are none to train on.
    ClassLoss(const train::LoopSettings& settings, const std::vector<std::string>& classes,
              const std::function<torch::Tensor()>& labels);

    /// The mean cross entropy of examples x classes, with the recipe's smoothing. The whole loss of
    /// an example counts as much as its class weighs, and the sum is divided by the number of
    /// examples: what an example counts does not depend on the others in its batch.
    [[nodiscard]] torch::Tensor mean(const torch::Tensor& scores,
                                     const torch::Tensor& labels) const;
    /// Nothing if all classes weigh the same.
    [[nodiscard]] std::optional<std::vector<train::ClassWeight>> weights() const;

  private:
    double label_smoothing_;
    std::vector<std::string> classes_;
    torch::Tensor weights_;  ///< by class, float32; undefined if all weigh the same
};

/// ErrorCode::bad_data if the recipe has weights for classes that the loss cannot have.
[[nodiscard]] Result<void> check_class_weights(const train::Recipe& recipe, const Task& task,
                                               const OwnParts& own);

}  // namespace trilby::backends
