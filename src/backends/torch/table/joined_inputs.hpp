// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/task.hpp"
#include "train/table/schema.hpp"

namespace trilby::backends {

/// How many codes each category has: one for each level, and 0 for a missing or unknown value.
[[nodiscard]] std::vector<std::int64_t> code_counts(const train::table::Schema& schema);

/// The rows of a table for a network that takes one tensor: the numbers, and then a one-hot vector
/// of each category.
[[nodiscard]] torch::Tensor joined_inputs(const Batch& inputs,
                                          const std::vector<std::int64_t>& code_counts);

}  // namespace trilby::backends
