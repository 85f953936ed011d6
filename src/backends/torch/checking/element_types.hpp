// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The element types that checks use.

#pragma once

#include <string>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "validate/injector.hpp"

namespace trilby::backends {

/// The floating-point types, the most precise first.
[[nodiscard]] const std::vector<torch::ScalarType>& real_types();
/// "float32", "bfloat16", "int64", ...
[[nodiscard]] std::string type_name(torch::ScalarType type);
/// The same, or LibTorch's name of a type that no check uses.
[[nodiscard]] std::string_view any_type_name(torch::ScalarType type);
/// Half of the distance from 1 to the next number of the type.
[[nodiscard]] double roundoff_of(torch::ScalarType type);
/// The smallest positive number of a floating-point type that has all of its digits.
[[nodiscard]] double smallest_normal_of(torch::ScalarType type);
/// The integer type of the same size, to compare bits.
[[nodiscard]] torch::ScalarType bits_of(torch::ScalarType type);
[[nodiscard]] validate::ElementLayout layout_of(torch::ScalarType type);

}  // namespace trilby::backends
