// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compares results on the host with their expected values.

#pragma once

#include <string>
#include <torch/torch.h>

#include "validate/findings.hpp"

namespace trilby::backends {

/// Every bit must be the same. Throws std::logic_error if sizes or types differ.
[[nodiscard]] validate::ComparedResult compare_bits(const std::string& what,
                                                    const torch::Tensor& found,
                                                    const torch::Tensor& expected);
/// |found - expected| <= bound; `expected` and `bound` are of float64. NaN equals only NaN,
/// infinity only itself. What has an infinite bound does not count as compared, unless it is wrong.
[[nodiscard]] validate::ComparedResult compare_within(const std::string& what,
                                                      const torch::Tensor& found,
                                                      const torch::Tensor& expected,
                                                      const torch::Tensor& bound);

}  // namespace trilby::backends
