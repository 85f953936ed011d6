// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The arguments of a call in the graph of an exported model as what LibTorch's operators take.

#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <optional>

#include "pt2/program.hpp"

namespace trilby::backends {

/// Nothing for a type that this LibTorch does not have.
[[nodiscard]] std::optional<c10::ScalarType> scalar_type_of(pt2::ScalarType type);

/// The other way round; nothing for a type that models do not have.
[[nodiscard]] std::optional<pt2::ScalarType> exported_type_of(c10::ScalarType type);

/// A constant for a parameter of an operator; nothing if it is no constant of that type.
[[nodiscard]] std::optional<c10::IValue> constant_of(const pt2::Argument& argument,
                                                     const c10::TypePtr& type);

/// A value that was computed as one for a parameter: a number becomes a tensor where one is wanted.
[[nodiscard]] c10::IValue adapted(c10::IValue value, const c10::TypePtr& type);

/// `elements` as a list for a parameter of the list's type.
[[nodiscard]] c10::IValue list_of(std::vector<c10::IValue> elements, const c10::TypePtr& list_type);

}  // namespace trilby::backends
