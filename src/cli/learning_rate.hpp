// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// `trilby train --find-learning-rate`.

#pragma once

#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/session.hpp"

namespace trilby::cli {

/// Trains with rising learning rates and prints the losses and the advice; leaves nothing behind.
[[nodiscard]] worker::Answer<void> find_learning_rate(const train::Recipe& recipe,
                                                      train::PreparedData& data,
                                                      const train::SessionOptions& session,
                                                      bool as_json);

}  // namespace trilby::cli
