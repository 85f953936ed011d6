// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The classes of Python that a state dict has for the bytes of its tensors.

#pragma once

#include <string_view>

namespace trilby::tensors {

/// "F32" for "torch.FloatStorage"; empty for a name that is none.
[[nodiscard]] std::string_view dtype_of_storage(std::string_view name);
/// "FloatStorage" for "F32"; empty for a type that state dicts do not have.
[[nodiscard]] std::string_view storage_of_dtype(std::string_view dtype);

}  // namespace trilby::tensors
