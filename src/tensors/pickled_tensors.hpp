// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <vector>

#include "tensors/pickle_value.hpp"
#include "tensors/state_dict.hpp"
#include <trilby/result.hpp>

namespace trilby::tensors::pickle {

/// The tensors in dictionaries in dictionaries, with their names. ErrorCode::bad_data for names and
/// nesting past their limits.
[[nodiscard]] Result<std::vector<PickledTensor>> tensors_in(const Value& value);

}  // namespace trilby::tensors::pickle
