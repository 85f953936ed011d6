// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model of torch.export in the operators of ONNX, as it computes in evaluation.

#pragma once

#include <span>

#include "onnx/model.hpp"
#include "pt2/file.hpp"
#include "pt2/writer.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::onnx {

/// `entries` has the bytes of the program's tensors. ErrorCode::bad_data for a call without a
/// counterpart, by name. Inputs and parameters keep their names; the output is "output".
[[nodiscard]] Result<Model> translate(const pt2::Program& program, const pt2::Entries& entries);

/// The model with `values` in place of those of its tensors. The errors are also those of
/// pt2::with_values().
[[nodiscard]] Result<Model> translate(const pt2::File& file,
                                      std::span<const safetensors::TensorView> values);

}  // namespace trilby::onnx
