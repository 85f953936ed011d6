// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace trilby::train {

/// A weight for each class, in inverse proportion to its number of examples. The mean over all
/// examples is 1; a class without examples has 0.
[[nodiscard]] std::vector<double> balanced_weights(std::span<const std::int64_t> examples);

}  // namespace trilby::train
