// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How good predictions for a table are.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "train/metrics.hpp"
#include "train/table/schema.hpp"

namespace trilby::train::table {

/// The metric that decides which weights are the best, and that is shown first.
[[nodiscard]] std::string_view headline(const Target& target);

/// accuracy, balanced_accuracy, log_loss (also as loss), and for two classes roc_auc, from rows x
/// classes probabilities and the class of each row.
[[nodiscard]] Metrics classification_metrics(std::span<const float> probabilities,
                                             std::span<const std::int32_t> classes,
                                             std::size_t class_count);

/// rmse, mae and r2 in the target's unit, rmse_log if the logarithm is learned, and the squared
/// error as loss, from outputs of the network and what it should have given.
[[nodiscard]] Metrics regression_metrics(const Target& target, std::span<const float> outputs,
                                         std::span<const float> expected);

}  // namespace trilby::train::table
