// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Sizes of tensors, and Python's arithmetic on them, which are in the graph of an exported model
/// with a batch of any size.

#pragma once

#include <ATen/core/ivalue.h>
#include <string_view>
#include <vector>

namespace trilby::backends {

/// A function of one or two numbers, or of a tensor and a dimension. Throws std::domain_error for a
/// division by zero and for an integer that is too large.
using NumberFunction = c10::IValue (*)(const std::vector<c10::IValue>& numbers);

struct NumberFunctionFacts {
    std::size_t parameters = 0;
    NumberFunction function = nullptr;  ///< null for an unknown name
};
/// `target` is as in the graph: "_operator.mul", "torch.sym_max".
[[nodiscard]] NumberFunctionFacts number_function(std::string_view target);

}  // namespace trilby::backends
