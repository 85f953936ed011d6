// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Predictions and evaluations as text and JSON.

#pragma once

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "train/predictions.hpp"

namespace trilby::cli {

/// A header and one line per prediction, as RFC 4180 says.
[[nodiscard]] SafeText predictions_csv(const train::Predictions& predictions);
/// {"schema", "predictions": one object per prediction}
[[nodiscard]] json::object predictions_json(const train::Predictions& predictions);

[[nodiscard]] SafeText evaluation_text(const train::Evaluation& evaluation);
[[nodiscard]] json::object evaluation_json(const train::Evaluation& evaluation);

}  // namespace trilby::cli
