// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>

#include <trilby/result.hpp>

namespace trilby::train {

/// A run whose loss or weights are no longer finite.
struct Divergence {
    std::int64_t step = 0;      ///< the first one, from 1
    std::int64_t epoch = 0;     ///< from 1
    bool is_untrained = false;  ///< no weight had changed yet
    /// The loss of the step before; nothing if it is not known.
    std::optional<double> loss_before = {};
    double learning_rate = 0.0;  ///< at the step
    bool has_clipping = false;   ///< of the gradients' norm
    /// In the last checkpoint; 0 if there is none.
    std::int64_t saved_step = 0;
};

/// The step, the likely cause and what to change. ErrorCode::failed.
[[nodiscard]] Error explain(const Divergence& divergence);

}  // namespace trilby::train
