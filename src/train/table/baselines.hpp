// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is reached on a table without a network.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/part.hpp"
#include "train/metrics.hpp"
#include "train/table/schema.hpp"

namespace trilby::train::table {

/// The classes' frequencies in the training part as probabilities of each test row.
[[nodiscard]] std::vector<Baseline> class_baselines(const Target& target,
                                                    std::span<const std::int32_t> classes,
                                                    const data::Parts& parts);

/// The mean and the median of the training part for each test row.
[[nodiscard]] std::vector<Baseline> number_baselines(const Target& target,
                                                     std::span<const float> numbers,
                                                     const data::Parts& parts);

}  // namespace trilby::train::table
