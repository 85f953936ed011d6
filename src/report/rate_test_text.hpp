// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "base/safe_text.hpp"
#include "train/rate_test.hpp"

namespace trilby::report {

/// A line for every third of a decade: the learning rate, the loss and a bar for the loss.
[[nodiscard]] SafeText losses_text(const train::RatePoints& points);

}  // namespace trilby::report
